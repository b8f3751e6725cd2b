"""What `store.commit` refuses, as errors."""

from collections.abc import Callable

from shared.errors import VersionConflictError


class InboxMovedError(Exception):
    """Another process has taken in events of this stream: read the inbox again."""


class TimerGoneError(Exception):
    """Another process fired this timer, or it was moved."""


class KeyHeldError(Exception):
    """Earlier events of this key wait in this consumer."""


class CommandKnownError(Exception):
    """The same command was answered before: give that answer."""


class HeldGoneError(Exception):
    """The waiting event to be released has been handled, or released, in the meantime."""


_SIGNALS: dict[str, Callable[[], Exception]] = {
    "JJ001": VersionConflictError,
    "JJ002": InboxMovedError,
    "JJ003": TimerGoneError,
    "JJ004": KeyHeldError,
    "JJ005": CommandKnownError,
    "JJ006": HeldGoneError,
}


class translated:  # noqa: N801  it reads as a clause
    """Turns the function's signals into these errors."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        signal = _SIGNALS.get(getattr(error, "sqlstate", None) or "")
        if signal is not None:
            raise signal() from error
