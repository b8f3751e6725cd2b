"""What a command is: a wish, in the imperative, that may be refused."""

from pydantic import AwareDatetime

from shared.contracts.event import Frozen


class Command(Frozen):
    """A wish to change one aggregate. Who wishes it and when comes beside it, never in it.

    `happened` is when the thing took place, if that was before it is recorded.
    """

    happened: AwareDatetime | None = None
