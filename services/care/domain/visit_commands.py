"""What may be wished of a visit, and why it may be refused."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.command import Command
from shared.contracts.values import Brief, Code, Minutes, Note, Reason, Slot, Urgency
from shared.errors import InvalidError, RefusedError


class ScheduleVisit(Command):
    """Ask for another try of a visit that found nobody or wasn't wanted; matching answers."""

    slot: Slot
    reason: Reason


class BeginVisit(Command):
    """The helper is there."""


class CompleteVisit(Command):
    """What was done, in minutes; `needs` are services that turned out to be needed as well."""

    minutes: Minutes
    outcome: Reason
    medical: Note = ""
    needs: tuple[Code, ...] = Field(default=(), max_length=10)
    solved: bool = True


class CorrectVisit(Command):
    """What was reported was wrong: what is right, all of it; medical notes only when they change."""

    minutes: Minutes
    outcome: Reason
    medical: Note | None = None
    needs: tuple[Code, ...] = Field(default=(), max_length=10)
    solved: bool = True
    reason: Reason


class CorrectReport(CorrectVisit):
    """The same, with the event that is wrong."""

    corrects: UUID


class MissVisit(Command):
    """The helper didn't come, says the community."""

    reason: Reason


class RefuseVisit(Command):
    """The cadre didn't want it."""

    reason: Reason


class RecordNoAnswer(Command):
    """Nobody opened the door."""

    note: Note = ""


class NoAnswerAt(RecordNoAnswer):
    """The same, with what care knows of the cadre: `frail` when living alone or bedridden that day."""

    frail: bool


class AtTheDoor(Command):
    """What the helper records of a visit, not earlier than `early` before its time."""

    what: BeginVisit | CompleteVisit | RefuseVisit | NoAnswerAt
    early: timedelta


class AttachPhoto(Command):
    """A photo taken there, by its SHA-256 in hex; the file itself is kept beside the events."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=1)]
    located: bool = False
    label: Brief = ""


class RequestMove(Command):
    """Ask for another time; matching answers."""

    slot: Slot
    reason: Reason


class BookVisit(Command):
    """Matching assigned a helper and took their time."""

    visit: UUID
    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    booking: UUID
    service: str
    urgency: Urgency
    slot: Slot


class AnswerMove(Command):
    """Matching moved the booking to `slot`, or couldn't and says why by a code."""

    slot: Slot | None
    reason: str = ""


class LetPass(Command):
    """The slot that ended is over and nobody recorded anything."""


class CancelVisit(Command):
    """It isn't needed any more; `reason` is a code."""

    reason: str


VisitCommand = (
    ScheduleVisit
    | BeginVisit
    | CompleteVisit
    | CorrectReport
    | MissVisit
    | RefuseVisit
    | NoAnswerAt
    | AtTheDoor
    | AttachPhoto
    | RequestMove
    | BookVisit
    | AnswerMove
    | LetPass
    | CancelVisit
)


class VisitOverError(RefusedError):
    """This visit is over: nothing more can be recorded about it. Ask the coordinator for another one."""

    zh = "这次上门已结束，不能再登记。如需再来，请找协调员安排。"


class NotReportedError(RefusedError):
    """This visit was not reported as done, so no report can be corrected. Tell the coordinator what is so."""

    zh = "这次上门没有完成登记，无可更正。请告诉协调员实情。"


class ReportStandsError(RefusedError):
    """The callback was made or the request ended: the report stands. Tell the coordinator what is wrong."""

    zh = "已经回访或求助已结束，登记不能再更正。请把有误之处告诉协调员。"


class SameReportError(InvalidError):
    """This is what the report says already. Change what was wrong in it."""

    zh = "填写的与原登记相同。请改正有误之处。"


class VisitNotBegunError(RefusedError):
    """Photos belong to a visit that has begun. Check in first."""

    zh = "签到之后才能添加照片。请先签到。"


class PhotosFullError(RefusedError):
    """This visit has {most} photos, and no room for more."""

    zh = "这次上门已有 {most} 张照片，不能再加。"


class VisitBegunError(RefusedError):
    """This visit has already begun. Record its outcome."""

    zh = "这次上门已经开始。请登记结果。"


class VisitNotOverError(RefusedError):
    """Another try needs a visit that found nobody or was not wanted. Move this visit instead."""

    zh = "只有无人应答或被谢绝的上门才能再约。请改约这次上门。"


class MoveAskedError(RefusedError):
    """Another time was already asked for. Wait for the answer, which comes within moments."""

    zh = "已提出改约，请稍候结果。"


class SlotPastError(RefusedError):
    """The new time lies in the past. Choose one to come."""

    zh = "新时间已过。请选择将来的时间。"


class TooEarlyError(RefusedError):
    """The visit's time has not come yet: nobody can have missed it."""

    zh = "上门时间未到，不能登记未到。"


class NotYetError(RefusedError):
    """This visit is agreed for {start} and can be recorded from {since} on. Move it first to come earlier."""

    zh = "这次上门约在 {start}，{since} 起才能登记。如要提前上门，请先改约。"
