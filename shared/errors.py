"""Domain errors: the docstring is the message in English, `zh` the same in Chinese.

They know nothing of HTTP; one table in `shared/http/problems.py` maps them there. A message says what is
wrong and what to do; `{name}` in it is filled from the keyword arguments.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """The system can't do that."""

    zh: ClassVar[str] = "系统不能这样做。"

    def __init__(self, field: str = "", **facts: Any) -> None:
        """Remember the field that is at fault, if one is, and the facts that fill the message."""
        self.field, self.facts = field, facts
        super().__init__(self.message("en"))

    @property
    def code(self) -> str:
        """A stable name for programs: the class name without `Error`."""
        return type(self).__name__.removesuffix("Error")

    def message(self, language: str) -> str:
        """The message in `zh` or `en`."""
        text = self.zh if language == "zh" else " ".join((type(self).__doc__ or "").split())
        return text.format(**self.facts) if self.facts else text


class UnknownError(DomainError):
    """There is no {what} with this id. Check the id, or search for it."""

    zh = "没有这个编号的{what}。请核对编号，或重新查找。"


class RefusedError(DomainError):
    """The rule does not allow this now."""

    zh = "按规则现在不能这样做。"


class InvalidError(DomainError):
    """The value breaks a rule."""

    zh = "填写的内容不合规则。"


class ForbiddenError(DomainError):
    """Your role may not do this."""

    zh = "您的角色无权这样做。"


class NotYetError(DomainError):
    """This isn't over yet. Ask again soon."""

    zh = "尚未完成，请稍后再试。"


class VersionConflictError(DomainError):
    """Somebody changed this in the meantime. Load it again, look at the change, then repeat."""

    zh = "这期间已有人改动。请重新载入，看过改动后再做一次。"


class KeyReusedError(DomainError):
    """This Idempotency-Key was used for another command. Use a new key for a new command."""

    zh = "这个 Idempotency-Key 已用于另一条命令。新命令请用新的键。"
