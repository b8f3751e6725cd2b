"""The clock of a request's present stage: when it began, what paused it, what has passed.

First action, matched and finished count from when the request was received (or opened again), matched anew
from when the helper was lost; callback from the report. 特急 is finished when the helper arrives.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from shared.contracts import intake as told
from shared.contracts.event import Event, Frozen
from shared.contracts.values import Level, Stage, Urgency
from shared.deadlines import BeforeSlot, Deadline, Pause, Policy, Track, reckon
from shared.deadlines import Level as Moment
from shared.deadlines import Stage as Step

ESCALATED = "escalated"
"""Why a deadline stands while the bureau decides on money."""

LEVELS = {
    Moment.WARN: Level.WARNED,
    Moment.DUE: Level.LATE,
    Moment.URGE: Level.URGED,
    Moment.SUPERVISE: Level.SUPERVISED,
}
_GRAVITY = tuple(Level)
_ENDINGS = (
    told.RequestClosed,
    told.ReferredToEmergencyLine,
    told.MarkedDuplicate,
    told.RequestRejected,
    told.RequestCancelled,
    told.RequestWithdrawn,
    told.RequestServiceReported,
)


class Stand(Frozen):
    """A stretch in which the clock stood, or stands; `funding` names the case it waits for."""

    begin: AwareDatetime
    end: AwareDatetime | None
    reason: str
    funding: str = ""


class StageClock(Frozen):
    """What a deadline is reckoned from. An untriaged request counts as urgent until someone has looked."""

    stage: Stage | None
    start: AwareDatetime
    opened: AwareDatetime
    urgency: Urgency
    service: str
    slot: AwareDatetime | None
    stands: tuple[Stand, ...] = ()
    extensions: int = 0
    passed: Level | None = None

    def to(self, stage: Stage | None, start: datetime, **more: Any) -> "StageClock":
        """The clock at a new stage."""
        fresh = {"stage": stage, "start": start, "extensions": 0, "passed": None}
        return self.model_copy(update={**fresh, **more})


def tick(clock: StageClock | None, event: Event, at: datetime) -> StageClock | None:
    """The clock after an event that happened at `at`."""
    if isinstance(event, told.RequestReceived):
        return StageClock(
            stage=Stage.FIRST_ACTION,
            start=at,
            opened=at,
            urgency=event.urgency or Urgency.URGENT,
            service=event.service,
            slot=event.slot.start if event.slot else None,
        )
    if clock is None:
        return None
    if isinstance(event, _ENDINGS):
        return clock.to(None, at)
    at = max([at, clock.start, *(stand.end or stand.begin for stand in clock.stands)])
    match event:
        case told.RequestTriaged():
            slot = event.slot.start if event.slot else None
            return clock.to(
                Stage.MATCHED, clock.opened, urgency=event.urgency, service=event.service, slot=slot
            )
        case told.RequestAssigned():
            return clock.to(Stage.FINISHED, clock.opened, slot=event.slot.start if event.slot else clock.slot)
        case told.RequestRescheduled():
            passed = None if clock.urgency is Urgency.SCHEDULED else clock.passed
            return clock.model_copy(update={"slot": event.slot.start, "passed": passed})
        case told.RequestUnassigned():
            return clock.to(Stage.MATCHED, at)
        case told.RequestBegun():
            return clock.to(None, at) if clock.urgency is Urgency.RESCUE else _begun(clock)
        case told.CallbackDue():
            return clock.to(Stage.CALLBACK, at)
        case told.RequestReopened():
            return clock.to(Stage.MATCHED, at, opened=at, stands=())
        case told.DeadlinePassed():
            return clock.model_copy(update={"passed": event.level})
        case told.DeadlineExtended():
            return clock.model_copy(update={"passed": None, "extensions": event.count})
        case told.RequestCorrected() if event.slot:
            return clock.model_copy(update={"slot": event.slot.start})
        case _:
            return _paused(clock, event, at)


def _begun(clock: StageClock) -> StageClock:
    return clock if clock.stage is Stage.FINISHED else clock.to(Stage.FINISHED, clock.opened)


def _paused(clock: StageClock, event: Event, at: datetime) -> StageClock:
    match event:
        case told.RequestHeld():
            stand = Stand(begin=at, end=None, reason=event.reason.value)
            return clock.model_copy(update={"stands": (*clock.stands, stand)})
        case told.RequestEscalated():
            stand = Stand(begin=at, end=None, reason=ESCALATED, funding=str(event.funding))
            return clock.model_copy(update={"stands": (*clock.stands, stand)})
        case told.RequestResumed():
            return _going(clock, "", at)
        case told.EscalationEnded():
            return _going(clock, str(event.funding), at)
        case _:
            return clock


def _going(clock: StageClock, funding: str, at: datetime) -> StageClock:
    stands = tuple(
        stand.model_copy(update={"end": at}) if stand.end is None and stand.funding == funding else stand
        for stand in clock.stands
    )
    return clock.model_copy(update={"stands": stands})


def clock_of(history: Iterable[tuple[Event, datetime]]) -> StageClock | None:
    """The clock after all of a request's events, each with when it happened."""
    clock: StageClock | None = None
    for event, at in history:
        clock = tick(clock, event, at)
    return clock


def deadline_of(policy: Policy, clock: StageClock | None) -> Deadline | None:
    """The deadline of the present stage; None when nothing is due, or the time isn't agreed yet."""
    if clock is None or clock.stage is None:
        return None
    span = policy.span(Track(clock.urgency.value), Step(clock.stage.value), clock.service)
    by_slot = isinstance(span, BeforeSlot)
    if span is None or (by_slot and clock.slot is None):
        return None
    return reckon(
        policy,
        clock.urgency.value,
        clock.stage.value,
        clock.start,
        [Pause(stand.begin, stand.end, stand.reason) for stand in clock.stands],
        slot=clock.slot,
        service=clock.service,
        extensions=0 if by_slot else min(clock.extensions, policy.extensions),
    )


def next_level(clock: StageClock, deadline: Deadline) -> tuple[datetime, Level] | None:
    """The next moment whose level was not told yet, in the past if it was missed; None at the end."""
    told_so_far = -1 if clock.passed is None else _GRAVITY.index(clock.passed)
    for at, moment in deadline.moments:
        if _GRAVITY.index(LEVELS[moment]) > told_so_far:
            return at, LEVELS[moment]
    return None
