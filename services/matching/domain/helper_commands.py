"""What may be asked of a helper's file, and what refusals say."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.command import Command
from shared.contracts.values import (
    Brief,
    Code,
    HelperKind,
    HelperProfile,
    Line,
    Minutes,
    Note,
    Point,
    Reason,
    Sex,
    Skill,
    Slot,
    Weekly,
    Wish,
)
from shared.errors import InvalidError, RefusedError

Skills = Annotated[tuple[Skill, ...], Field(max_length=40)]
Pattern = Annotated[tuple[Weekly, ...], Field(max_length=50)]
Capacity = Annotated[int, Field(ge=1, le=500)]
Dialects = Annotated[tuple[Line, ...], Field(max_length=10)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class EnrolHelper(Command):
    """Enter somebody in the file. Capacity is visits a week; no availability means at any time."""

    kind: HelperKind
    community: UUID | None = None
    association: Brief = ""
    sex: Sex | None = None
    skills: Skills
    availability: Pattern = ()
    capacity: Capacity
    dialects: Dialects = ()
    since: date | None = None
    profile: HelperProfile


class Enrol(EnrolHelper):
    """The same, under this id."""

    helper: UUID


class ImportHelper(Command):
    """A row of a register file: enrols, or brings the file to what the row says."""

    helper: UUID
    natural: Hash
    fingerprint: Hash
    entry: EnrolHelper


class CorrectHelper(Command):
    """Put the personal part right."""

    sex: Sex | None = None
    dialects: Dialects = ()
    profile: HelperProfile


class ChangeSkills(Command):
    """All skills, as they are now."""

    skills: Skills


class ChangeAvailability(Command):
    """The weekly pattern and the capacity, as they are now."""

    availability: Pattern
    capacity: Capacity


class NoteAbsence(Command):
    """Not available from when to when."""

    slot_start: AwareDatetime
    slot_end: AwareDatetime
    reason: Note = ""


class AllocateHelper(Command):
    """To serve this community from now on."""

    community: UUID | None
    association: Brief = ""


class SuspendHelper(Command):
    """No offers until resumed."""

    reason: Reason


class ResumeHelper(Command):
    """Offers again."""


class RecordLeaving(Command):
    """Serves no more."""

    reason: Note = ""


class DeclareRecusal(Command):
    """Never to be matched to this cadre."""

    cadre: UUID
    reason: Reason


class ChangePreferences(Command):
    """The services that this helper is glad to give, all of them as they are now."""

    services: Annotated[tuple[Code, ...], Field(max_length=40)]


class RecordWish(Command):
    """What a cadre wishes of this helper from now on; `never` keeps the helper away."""

    cadre: UUID
    wish: Wish
    reason: Note = ""


class Book(Command):
    """Take the helper's time for a visit; at a `place`, with the time to get there and on."""

    booking: UUID
    request: UUID
    cadre: UUID
    slot: Slot
    place: Point | None = None


class MoveBooking(Command):
    """Care asks for another time; always answered with an event.

    `anew` when the helper still has the request, so that time already given back may be taken again: nobody
    opened the door, or the visit wasn't wanted that day.
    """

    booking: UUID
    request: UUID
    cadre: UUID
    visit: UUID
    slot: Slot
    place: Point | None = None
    anew: bool = False


class ReleaseBooking(Command):
    """Give the time back; nothing happens when it isn't taken any more."""

    booking: UUID
    reason: str


class CreditHours(Command):
    """Enter time served in the service record."""

    booking: UUID
    request: UUID
    cadre: UUID
    minutes: Minutes


class CorrectHours(CreditHours):
    """Enter other minutes for a credit that was given for `before`, by that event at `credited`."""

    corrects: UUID
    credited: AwareDatetime
    before: Minutes


class AlreadyEnrolledError(RefusedError):
    """This helper is in the file already. Change the file instead."""

    zh = "该服务者已在册。请改为修改档案。"


class NotServingError(RefusedError):
    """This helper is suspended or has left and can't be given visits. Choose another helper."""

    zh = "该服务者已暂停或退出，不能接单。请另选服务者。"


class HelperGoneError(RefusedError):
    """This helper has left; the file is closed. Enrol them anew if they come back."""

    zh = "该服务者已退出，档案已关闭。如再次加入，请重新登记。"


class NotSuspendedError(RefusedError):
    """This helper isn't suspended, so there is nothing to resume."""

    zh = "该服务者未被暂停，无需恢复。"


class AlreadySuspendedError(RefusedError):
    """This helper is suspended already."""

    zh = "该服务者已处于暂停状态。"


class OverlapError(RefusedError):
    """The helper already has a visit at this time. Choose another time or another helper."""

    zh = "该服务者这段时间已有服务安排。请改时间或另选服务者。"


class TravelError(RefusedError):
    """The helper can't get from one visit to the other in time. Choose another time or another helper."""

    zh = "该服务者来不及在两次服务之间赶到。请改时间或另选服务者。"


class WeekFullError(RefusedError):
    """The helper has reached the {capacity} visits of this week. Choose another week or another helper."""

    zh = "该服务者本周已满 {capacity} 次。请改到别的周或另选服务者。"


class AwayError(RefusedError):
    """The helper is absent at this time. Choose another time or another helper."""

    zh = "该服务者这段时间请假。请改时间或另选服务者。"


class UnwantedError(RefusedError):
    """This cadre has asked that this helper not come again. Choose another helper."""

    zh = "这位老干部要求不再由该服务者上门。请另选服务者。"


class RecusedError(RefusedError):
    """This helper is recused from this cadre. Choose another helper."""

    zh = "该服务者须对这位老干部回避。请另选服务者。"


class AvailabilityOrderError(InvalidError):
    """Each time of the week must end after it begins. Correct the times."""

    zh = "每段可服务时间的结束须晚于开始。请改正。"


class AbsenceOrderError(InvalidError):
    """The absence must end after it begins. Correct the times."""

    zh = "请假的结束须晚于开始。请改正。"
