"""A visit: a helper comes to a cadre. One booking in matching is one visit here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.care.domain.visit_commands import (
    AnswerMove,
    AttachPhoto,
    AtTheDoor,
    BeginVisit,
    BookVisit,
    CancelVisit,
    CompleteVisit,
    CorrectReport,
    LetPass,
    MissVisit,
    MoveAskedError,
    NoAnswerAt,
    NotReportedError,
    NotYetError,
    PhotosFullError,
    RefuseVisit,
    RequestMove,
    ScheduleVisit,
    SlotPastError,
    TooEarlyError,
    VisitBegunError,
    VisitCommand,
    VisitNotBegunError,
    VisitNotOverError,
    VisitOverError,
)
from services.care.domain.visit_report import Report, correction, put_right, report_of
from shared import ids
from shared.contracts import care
from shared.contracts.event import Event
from shared.contracts.values import Slot, Urgency
from shared.deadlines import SHANGHAI
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource

MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a visit from the start; `asked` is another time that matching has not answered."""

    visit: UUID
    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    booking: UUID
    service: str
    urgency: Urgency
    slot: Slot
    asked: Slot | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The helper will come."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Begun:
    """The helper is there."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""

    facts: Facts
    report: Report


@dataclass(frozen=True, slots=True)
class Missed:
    """The helper didn't come."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Refused:
    """The cadre didn't want it: a coordinator decides what next."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody opened the door: a coordinator decides what next."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It isn't needed, or another helper comes."""

    facts: Facts


Visit = Scheduled | Begun | Done | Missed | Refused | NoAnswer | Cancelled


def visit_of(booking: UUID) -> UUID:
    """The visit that belongs to a booking."""
    return ids.derive(ids.time_of(booking), "visit", booking)


def evolve(visit: Visit | None, event: Event) -> Visit:
    """The visit after an event."""
    if isinstance(event, care.VisitScheduled):
        return Scheduled(Facts(**event.model_dump(exclude={"slot"}), slot=event.slot))
    if visit is None:
        raise ValueError(f"{event.NAME} before the visit was scheduled")
    facts = visit.facts
    match event:
        case care.VisitBegun():
            return Begun(facts)
        case care.VisitDone():
            return Done(facts, report_of(event))
        case care.VisitCorrected() if isinstance(visit, Done):
            return Done(facts, put_right(visit.report, event))
        case care.VisitMissed():
            return Missed(facts)
        case care.VisitRefused():
            return Refused(facts)
        case care.NoAnswerRecorded():
            return NoAnswer(facts)
        case care.VisitCancelled():
            return Cancelled(facts)
        case care.PhotoAttached():
            return replace(visit, facts=replace(facts, photos=(*facts.photos, event.sha256)))
        case care.VisitMoveRequested():
            return replace(visit, facts=replace(facts, asked=event.slot))
        case care.VisitMoved():
            return Scheduled(replace(facts, slot=event.slot, asked=None))
        case care.VisitMoveRefused():
            return replace(visit, facts=replace(facts, asked=None))
        case _:
            return visit


def decide(visit: Visit | None, command: VisitCommand, moment: Moment) -> Sequence[Event]:
    """What follows from a command; what reactions and timers wish too late changes nothing."""
    match visit, command:
        case None, BookVisit():
            return [
                care.VisitScheduled(**command.model_dump(exclude={"happened", "slot"}), slot=command.slot)
            ]
        case None, _:
            return []
        case _, BookVisit() | AnswerMove() | LetPass() | CancelVisit():
            return _told(visit, command, moment)
        case _, AtTheDoor():
            if isinstance(visit, Scheduled):
                _check_time(visit.facts.slot.start, command, moment)
            return decide(visit, command.what, moment)
        case Begun() | Done() | NoAnswer() | Refused(), AttachPhoto():
            return _photo(visit.facts, command)
        case Scheduled(), AttachPhoto():
            raise VisitNotBegunError
        case NoAnswer() | Refused(), ScheduleVisit():
            return [_asked(visit.facts, command, moment)]
        case Scheduled() | Begun(), ScheduleVisit():
            raise VisitNotOverError
        case Begun(), BeginVisit() | RequestMove() | MissVisit():
            raise VisitBegunError
        case Scheduled(), BeginVisit():
            return [care.VisitBegun(**_ids(visit.facts, booking=False))]
        case Scheduled(), RequestMove():
            return [_asked(visit.facts, command, moment)]
        case Scheduled(), MissVisit():
            if moment.at < visit.facts.slot.start:
                raise TooEarlyError
            return [care.VisitMissed(**_ids(visit.facts), reason=command.reason)]
        case Scheduled() | Begun(), CompleteVisit():
            return [
                care.VisitDone(
                    **_ids(visit.facts),
                    minutes=command.minutes,
                    solved=command.solved,
                    needs=command.needs,
                    outcome=command.outcome,
                    medical=command.medical,
                )
            ]
        case Done(), CorrectReport():
            return [correction(visit.report, command, _ids(visit.facts))]
        case _, CorrectReport():
            raise NotReportedError
        case Scheduled() | Begun(), RefuseVisit():
            return [care.VisitRefused(**_ids(visit.facts), reason=command.reason)]
        case Scheduled() | Begun(), NoAnswerAt():
            return _no_answer(visit.facts, command, moment)
        case _:
            raise VisitOverError


def _told(
    visit: Visit, command: BookVisit | AnswerMove | LetPass | CancelVisit, moment: Moment
) -> Sequence[Event]:
    facts = visit.facts
    about = {"visit": facts.visit, "request": facts.request, "cadre": facts.cadre}
    match visit, command:
        case Scheduled() | NoAnswer() | Refused(), AnswerMove(slot=Slot() as slot) if facts.asked:
            return [care.VisitMoved(**about, helper=facts.helper, slot=slot)]
        case Scheduled() | Begun() | NoAnswer() | Refused(), AnswerMove(slot=None) if facts.asked:
            return [care.VisitMoveRefused(**about, reason=command.reason)]
        case Scheduled(), LetPass() if moment.at >= facts.slot.end:
            return [care.VisitMissed(**_ids(facts))]
        case Scheduled() | Begun(), CancelVisit():
            return [care.VisitCancelled(**_ids(facts), reason=command.reason)]
        case NoAnswer() | Refused(), CancelVisit() if facts.asked:
            return [care.VisitCancelled(**_ids(facts), reason=command.reason)]
        case _:
            return []


def _check_time(start: datetime, command: AtTheDoor, moment: Moment) -> None:
    since = start - command.early
    if (command.happened or moment.at) < since:
        raise NotYetError(start=_on_the_clock(start), since=_on_the_clock(since))


def _on_the_clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _asked(facts: Facts, command: RequestMove | ScheduleVisit, moment: Moment) -> Event:
    if facts.asked is not None:
        raise MoveAskedError
    if command.slot.start <= moment.at:
        raise SlotPastError("slot")
    return care.VisitMoveRequested(**_ids(facts), slot=command.slot, reason=command.reason)


def _photo(facts: Facts, command: AttachPhoto) -> Sequence[Event]:
    if command.sha256 in facts.photos:
        return []
    if len(facts.photos) >= MOST_PHOTOS:
        raise PhotosFullError(most=MOST_PHOTOS)
    taken = command.model_dump(exclude={"happened"})
    return [care.PhotoAttached(**_ids(facts, booking=False), **taken)]


def _no_answer(facts: Facts, command: NoAnswerAt, moment: Moment) -> Sequence[Event]:
    recorded = care.NoAnswerRecorded(**_ids(facts), frail=command.frail, note=command.note)
    if not command.frail:
        return [recorded]
    check = care.WelfareCheckRaised(
        check=moment.new_id("check", facts.visit),
        visit=facts.visit,
        request=facts.request,
        cadre=facts.cadre,
        community=facts.community,
    )
    return [recorded, check]


def _ids(facts: Facts, *, booking: bool = True) -> dict[str, Any]:
    names = ("visit", "request", "cadre", "helper", *(("booking",) if booking else ()))
    return {name: getattr(facts, name) for name in names}


def _resource(visit: Visit) -> Resource:
    return Resource(visit.facts.community, visit.facts.cadre, frozenset({visit.facts.helper}))


VISIT: Decider[Visit] = Decider("visit", "visit", evolve, decide, _resource)
