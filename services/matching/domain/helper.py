"""A helper: what may be done with the file, and the bookings that guard their time."""

from collections.abc import Sequence
from typing import Any, assert_never
from uuid import UUID

from services.matching.domain.helper_commands import (
    AbsenceOrderError,
    AllocateHelper,
    AlreadyEnrolledError,
    AlreadySuspendedError,
    AvailabilityOrderError,
    AwayError,
    Book,
    ChangeAvailability,
    ChangePreferences,
    ChangeSkills,
    CorrectHelper,
    CorrectHours,
    CreditHours,
    DeclareRecusal,
    Enrol,
    EnrolHelper,
    HelperGoneError,
    ImportHelper,
    MoveBooking,
    NoteAbsence,
    NotServingError,
    NotSuspendedError,
    RecordLeaving,
    RecordWish,
    RecusedError,
    ReleaseBooking,
    ResumeHelper,
    SuspendHelper,
    TravelError,
    UnwantedError,
    WeekFullError,
)
from services.matching.domain.helper_file import Active, Helper, Left, Suspended, evolve
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import Weekly, Wish
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource

FileCommand = (
    CorrectHelper
    | ChangeSkills
    | ChangeAvailability
    | NoteAbsence
    | AllocateHelper
    | SuspendHelper
    | ResumeHelper
    | RecordLeaving
    | DeclareRecusal
    | ChangePreferences
    | RecordWish
)
BookingCommand = Book | MoveBooking | ReleaseBooking | CorrectHours | CreditHours
HelperCommand = Enrol | ImportHelper | FileCommand | BookingCommand


def decide(helper: Helper | None, command: HelperCommand, _: Moment) -> Sequence[Event]:
    """What follows from the command."""
    if isinstance(command, Enrol):
        if helper is not None:
            raise AlreadyEnrolledError
        return [_enrolled(command.helper, command)]
    if isinstance(command, ImportHelper):
        return _import(helper, command)
    if helper is None:
        return []
    match command:
        case Book() | MoveBooking() | ReleaseBooking() | CorrectHours() | CreditHours():
            return _decide_booking(helper, command)
        case _:
            return _decide_file(helper, command)


def _decide_file(helper: Helper, command: FileCommand) -> Sequence[Event]:
    if isinstance(helper, Left):
        raise HelperGoneError
    who = helper.facts.helper
    match command:
        case CorrectHelper():
            return [
                m.HelperCorrected(
                    helper=who, sex=command.sex, dialects=command.dialects, profile=command.profile
                )
            ]
        case ChangeSkills():
            return [m.SkillsChanged(helper=who, skills=command.skills)]
        case ChangeAvailability():
            _check_order(command.availability)
            return [
                m.AvailabilityChanged(
                    helper=who, availability=command.availability, capacity=command.capacity
                )
            ]
        case NoteAbsence():
            if command.slot_end <= command.slot_start:
                raise AbsenceOrderError("slot_end")
            return [
                m.AbsenceNoted(
                    helper=who,
                    slot_start=command.slot_start,
                    slot_end=command.slot_end,
                    reason=command.reason,
                )
            ]
        case AllocateHelper():
            return [
                m.HelperAllocated(helper=who, community=command.community, association=command.association)
            ]
        case SuspendHelper():
            if isinstance(helper, Suspended):
                raise AlreadySuspendedError
            return [m.HelperSuspended(helper=who, reason=command.reason)]
        case ResumeHelper():
            if isinstance(helper, Active):
                raise NotSuspendedError
            return [m.HelperResumed(helper=who)]
        case RecordLeaving():
            return [m.HelperLeft(helper=who, reason=command.reason)]
        case DeclareRecusal():
            if command.cadre in helper.facts.recused:
                return []
            return [m.RecusalDeclared(helper=who, cadre=command.cadre, reason=command.reason)]
        case ChangePreferences():
            return [m.PreferencesChanged(helper=who, services=command.services)]
        case RecordWish():
            if helper.facts.wishes.get(command.cadre, Wish.NONE) is command.wish:
                return []
            return [m.WishRecorded(helper=who, cadre=command.cadre, wish=command.wish, reason=command.reason)]
    assert_never(command)


def _decide_booking(helper: Helper, command: BookingCommand) -> Sequence[Event]:
    facts = helper.facts
    match command:
        case Book():
            if not isinstance(helper, Active):
                raise NotServingError
            if command.cadre in facts.recused:
                raise RecusedError
            if facts.wishes.get(command.cadre) is Wish.NEVER:
                raise UnwantedError
            hindrance = facts.hindrance(command.slot, command.place)
            if hindrance is not None:
                raise hindrance
            return [
                m.BookingMade(
                    helper=facts.helper,
                    booking=command.booking,
                    request=command.request,
                    cadre=command.cadre,
                    slot=command.slot,
                    place=command.place,
                )
            ]
        case MoveBooking():
            return _move(helper, command)
        case ReleaseBooking():
            booking = facts.live(command.booking)
            if booking is None:
                return []
            return [
                m.BookingReleased(
                    helper=facts.helper,
                    booking=booking.booking,
                    request=booking.request,
                    cadre=booking.cadre,
                    reason=command.reason,
                )
            ]
        case CorrectHours():
            if command.minutes == command.before:
                return []
            return [m.HoursCorrected(helper=facts.helper, **command.model_dump(exclude={"happened"}))]
        case CreditHours():
            return [
                m.HoursCredited(
                    helper=facts.helper,
                    booking=command.booking,
                    request=command.request,
                    cadre=command.cadre,
                    minutes=command.minutes,
                )
            ]
    assert_never(command)


def _move(helper: Helper, command: MoveBooking) -> Sequence[Event]:
    about: dict[str, Any] = {
        "helper": helper.facts.helper,
        "booking": command.booking,
        "request": command.request,
        "cadre": command.cadre,
        "visit": command.visit,
        "slot": command.slot,
    }
    reason = _unmovable(helper, command)
    if reason:
        return [m.BookingRefused(**about, reason=reason)]
    moved = m.BookingMoved(**about)
    if helper.facts.live(command.booking):
        return [moved]
    del about["visit"]
    return [m.BookingMade(**about, place=command.place), moved]


def _unmovable(helper: Helper, command: MoveBooking) -> str:
    """Why the booking can't have this time, by a code; empty when it can."""
    facts, place = helper.facts, command.place
    live = facts.live(command.booking)
    if live is not None:
        place = live.place
    else:
        if not command.anew:
            return "released"
        if command.cadre in facts.recused:
            return "recused"
        if facts.wishes.get(command.cadre) is Wish.NEVER:
            return "unwanted"
    if not isinstance(helper, Active):
        return "not_serving"
    match facts.hindrance(command.slot, place, moved=command.booking):
        case None:
            return ""
        case AwayError():
            return "absent"
        case WeekFullError():
            return "capacity"
        case TravelError():
            return "travel"
        case _:
            return "booked"


def _check_order(pattern: Sequence[Weekly]) -> None:
    if any(one.end <= one.start for one in pattern):
        raise AvailabilityOrderError("availability")


def _enrolled(helper: UUID, entry: EnrolHelper) -> m.HelperEnrolled:
    _check_order(entry.availability)
    return m.HelperEnrolled(
        helper=helper,
        kind=entry.kind,
        community=entry.community,
        association=entry.association,
        sex=entry.sex,
        skills=entry.skills,
        availability=entry.availability,
        capacity=entry.capacity,
        dialects=entry.dialects,
        since=entry.since,
        profile=entry.profile,
    )


def _import(helper: Helper | None, command: ImportHelper) -> Sequence[Event]:
    """The fewest events that bring the file to what the row says; a file that is closed stays so."""
    who, entry = command.helper, command.entry
    imported = m.HelperImported(helper=who, natural=command.natural, fingerprint=command.fingerprint)
    if helper is None:
        return [_enrolled(who, entry), imported]
    facts = helper.facts
    if isinstance(helper, Left) or facts.fingerprint == command.fingerprint:
        return []
    wanted = evolve(None, _enrolled(who, entry)).facts
    events: list[Event] = []
    if (wanted.sex, wanted.dialects, wanted.profile) != (facts.sex, facts.dialects, facts.profile):
        events.append(
            m.HelperCorrected(helper=who, sex=entry.sex, dialects=entry.dialects, profile=entry.profile)
        )
    if wanted.skills != facts.skills:
        events.append(m.SkillsChanged(helper=who, skills=entry.skills))
    if (wanted.availability, wanted.capacity) != (facts.availability, facts.capacity):
        events.append(
            m.AvailabilityChanged(helper=who, availability=entry.availability, capacity=entry.capacity)
        )
    if (wanted.community, wanted.association) != (facts.community, facts.association):
        events.append(m.HelperAllocated(helper=who, community=entry.community, association=entry.association))
    return [*events, imported]


def resource(helper: Helper) -> Resource:
    """A helper belongs to a community and to themselves."""
    return Resource(community=helper.facts.community, helpers=frozenset({helper.facts.helper}))


HELPER: Decider[Helper] = Decider("helper", "helper", evolve, decide, resource, by_cadre=False)
