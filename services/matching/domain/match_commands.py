"""What may be asked of a match, and what refusals say."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.matching.domain.match_rounds import HELD, Need
from shared.contracts.command import Command
from shared.contracts.matching import Candidate, Excluded
from shared.contracts.values import CadreSide, DeclineReason, Note, Reason, Slot
from shared.errors import InvalidError, RefusedError


class RevokeReason(StrEnum):
    """Why an offer was taken back."""

    FIRST_CAME = "first_came"
    COORDINATOR = "coordinator"
    SUSPENDED = "suspended"
    HELD = HELD
    CLOSED = "closed"
    RANKED_AGAIN = "ranked_again"
    MOVED = "moved"
    TRIAGED_AGAIN = "triaged_again"


class OpenMatch(Command):
    """A request needs somebody."""

    need: Need
    side: CadreSide | None


class Rank(Command):
    """Record a ranking and ask the first of it: `wanted` open offers in all, each open for `patience`.

    None are wanted in quiet hours. Once `most` have been asked in the round, a coordinator has to act.
    """

    round: int
    at: datetime
    latest: datetime
    ranked: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    considered: int
    rules_version: str
    weights_version: str
    epoch: int
    xid: int
    seq: int
    side: CadreSide | None
    wanted: int
    most: int
    patience: timedelta
    resumes: bool = False


class RankAgain(Command):
    """Begin a new round now; whoever declined isn't asked again."""


class MakeOffer(Command):
    """Ask this helper, whatever the ranking says of skill, distance and pattern."""

    helper: UUID
    slot: Slot | None = None


class AskHelper(Command):
    """The same, with what the helper's own file said."""

    candidate: Candidate
    slot: Slot
    patience: timedelta


class AcceptOffer(Command):
    """The helper says yes."""

    offer: UUID


class DeclineOffer(Command):
    """The helper says no."""

    offer: UUID
    reason: DeclineReason
    note: Note = ""


class ExpireOffer(Command):
    """The helper said nothing in time."""

    offer: UUID


class RevokeOffer(Command):
    """Take an open offer back; the next in the cascade is asked."""

    offer: UUID


class TakeBack(Command):
    """The same, if it is still open."""

    offer: UUID
    reason: RevokeReason


class DropAssignment(Command):
    """The helper can't after all."""

    reason: Reason


class GiveBack(DropAssignment):
    """The same, if the helper still has this booking, which begins at `starts`."""

    booking: UUID
    starts: datetime


class RecordNoShow(Command):
    """The helper didn't come."""


class Reassign(Command):
    """Take the assignment from the helper and begin a new round without them."""

    reason: Reason


class HoldMatch(Command):
    """The request waits."""


class ReopenMatch(Command):
    """The request goes back to matching; `bar_last` when the last helper shall not come again."""

    reason: str
    bar_last: bool


class MoveMatch(Command):
    """The cadre lives elsewhere now. Who has accepted still comes; the next round is from there."""

    community: UUID | None
    side: CadreSide | None


class CloseMatch(Command):
    """Nobody is needed any more."""

    reason: str


class FirstCameError(RefusedError):
    """Another helper was first to accept. Thank you; nothing more is needed of you."""

    zh = "已有其他服务者先接单。谢谢，您无需再办。"


class OfferOverError(RefusedError):
    """This offer isn't open any more: {outcome}. Look at the list of your offers."""

    zh = "这个邀约已不再有效（{outcome}）。请查看邀约列表。"


class OfferLapsedError(RefusedError):
    """The time to answer this offer has run out. Ask the coordinator if you can still do it."""

    zh = "答复时间已过。如仍能前往，请联系调度员。"


class NotAssignedError(RefusedError):
    """Nobody has this request at the moment. Load it again."""

    zh = "这项请求目前无人承接。请重新载入。"


class AssignedAlreadyError(RefusedError):
    """A helper has this request. Reassign it, if another shall have it."""

    zh = "这项请求已有人承接。如需换人，请使用改派。"


class MatchOverError(RefusedError):
    """The match is closed: nobody is needed any more."""

    zh = "匹配已关闭，不再需要服务者。"


class MatchHeldError(RefusedError):
    """The request is on hold. Resume it first."""

    zh = "请求已挂起。请先恢复。"


class AlreadyAskedError(RefusedError):
    """This helper has an open offer for this request. Wait for the answer, or revoke it."""

    zh = "该服务者已有这项请求的邀约。请等待答复，或先撤回。"


class SlotPastError(InvalidError):
    """The visit must begin later than now. Choose another time."""

    zh = "服务开始时间须晚于现在。请改时间。"
