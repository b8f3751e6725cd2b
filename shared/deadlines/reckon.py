"""From a span, a start and its pauses to the moments of a deadline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.deadlines.deadline import Deadline, Kind, Pause, Stretch
from shared.deadlines.policy import (
    BeforeSlot,
    EndOfNextDay,
    Policy,
    Span,
    Stage,
    Track,
    WallTime,
    WorkingDays,
    WorkingTime,
)
from shared.deadlines.workdays import (
    DAY,
    SHANGHAI,
    Reason,
    Segment,
    day_length,
    look_up,
    midnight,
    next_working_day,
    segments,
    to_utc,
    working_between,
)
from shared.errors import RefusedError

FOREVER = datetime.max.replace(tzinfo=UTC)


class NoDeadlineError(RefusedError):
    """The policy sets no deadline for {stage} of {track}."""

    zh = "规则没有为 {track} 的 {stage} 规定时限。"


class NoSlotError(RefusedError):
    """This deadline hangs on the agreed time. Agree on a time first."""

    zh = "这个时限以约定时间为准。请先约定时间。"


class SlotNotExtendedError(RefusedError):
    """An agreed time is not extended. Move the visit instead."""

    zh = "约定的时间不能延期。请改约。"


class ExtensionsUsedUpError(RefusedError):
    """This deadline has been extended as often as the policy allows."""

    zh = "这个时限的延期次数已用完。"


@dataclass(frozen=True, slots=True)
class _Measure:
    """From `begin` on `length` counts until due; the shares of the policy are taken of `whole`."""

    begin: datetime
    length: timedelta
    whole: timedelta
    working: bool


def reckon(
    policy: Policy,
    urgency: str,
    stage: str,
    start: datetime,
    pauses: Iterable[Pause] = (),
    slot: datetime | None = None,
    service: str | None = None,
    extensions: int = 0,
) -> Deadline:
    """The deadline of a stage that began at `start`.

    `urgency` is a value of `Track`, `stage` of `Stage`, `service` a code of the catalogue. Each extension
    (the first by the coordinator, the second by the subdistrict) adds half of the span once more; warning,
    催办 and 督办 go by the span so extended. Rescue takes no notice of pauses. An agreed slot is not moved
    by a pause that has ended: the visit is moved instead.

    Raises NoDeadlineError, NoSlotError, SlotNotExtendedError, ExtensionsUsedUpError; ValueError for a time
    without a zone, a pause that ends before it begins, or an unknown urgency or stage.
    """
    track, step = Track(urgency), Stage(stage)
    rule = policy.span(track, step, service)
    if rule is None:
        raise NoDeadlineError(track=track, stage=step)
    if not 0 <= extensions <= policy.extensions:
        raise ExtensionsUsedUpError
    if extensions and isinstance(rule, BeforeSlot):
        raise SlotNotExtendedError
    start, stands = to_utc(start), _standing(pauses)
    if track is Track.RESCUE:
        stands = []
    elif isinstance(rule, BeforeSlot):
        stands = [pause for pause in stands if pause.end is None]
    measure = _measure(policy, rule, start, slot)
    grown = 1 + extensions * policy.extension
    span, whole = measure.length * grown, measure.whole * grown
    shares = (
        max(span - whole * (1 - policy.warn), timedelta()),
        span,
        span + whole * policy.urge,
        span + whole * policy.supervise,
    )
    reached, path = _walk(_paused(_time(policy, measure, start), stands), shares)
    moments: list[datetime | None] = [*reached, *[None] * (len(shares) - len(reached))]
    warn_at, due, urge_at, supervise_at = moments
    last = supervise_at or path[-1].begin
    return Deadline(
        track=track,
        stage=step,
        rule=rule,
        extensions=extensions,
        start=start,
        span=span,
        warn_at=warn_at,
        due=due,
        urge_at=urge_at,
        supervise_at=supervise_at,
        stretches=_stretches(path, due),
        unpublished=_guessed(start, last) if measure.working else (),
    )


def _measure(policy: Policy, rule: Span, start: datetime, slot: datetime | None) -> _Measure:
    match rule:
        case WallTime():
            return _Measure(start, rule.amount, rule.amount, working=False)
        case WorkingTime():
            return _Measure(start, rule.amount, rule.amount, working=True)
        case WorkingDays():
            length = rule.days * day_length(policy.hours)
            return _Measure(start, length, length, working=True)
        case EndOfNextDay():
            today = start.astimezone(SHANGHAI).date()
            end = midnight((next_working_day(today) if rule.working else today + DAY) + DAY)
            length = working_between(start, end, policy.hours) if rule.working else end - start
            return _Measure(start, length, length, rule.working)
        case BeforeSlot():
            if slot is None:
                raise NoSlotError
            due = max(start, to_utc(slot) - rule.lead)
            begin = max(start, due - rule.window)
            return _Measure(begin, due - begin, rule.window, working=False)


def _standing(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in UTC, by their begin."""
    found = [
        Pause(to_utc(begin), None if end is None else to_utc(end), reason) for begin, end, reason in pauses
    ]
    if any(pause.end is not None and pause.end < pause.begin for pause in found):
        raise ValueError("a pause can't end before it begins")
    return sorted(found, key=lambda pause: pause.begin)


def _time(policy: Policy, measure: _Measure, start: datetime) -> Iterator[Segment]:
    """Time from `start` on, for ever, as if nothing paused it."""
    if start < measure.begin:
        yield Segment(start, measure.begin, counted=False, reason=Reason.NOT_OPEN_YET)
    if measure.working:
        yield from segments(measure.begin, policy.hours)
    else:
        yield Segment(measure.begin, FOREVER, counted=True, reason=Reason.AROUND_THE_CLOCK)


def _paused(time: Iterable[Segment], pauses: Sequence[Pause]) -> Iterator[Segment]:
    """The same time cut by the pauses; an open one ends it, as a segment up to FOREVER."""
    for segment in time:
        at = segment.begin
        while at < segment.end:
            now = next((p for p in pauses if p.begin <= at and (p.end is None or at < p.end)), None)
            if now is None:
                stop = min((p.begin for p in pauses if p.begin > at), default=FOREVER)
                part = Segment(at, min(stop, segment.end), segment.counted, segment.reason)
            else:
                stop = FOREVER if now.end is None else min(now.end, segment.end)
                part = Segment(at, stop, counted=False, reason=f"{Reason.PAUSED}:{now.reason}")
            yield part
            if now is not None and now.end is None:
                return
            at = part.end


def _walk(time: Iterable[Segment], shares: Sequence[timedelta]) -> tuple[list[datetime], list[Segment]]:
    """The earliest moment by which each share has counted, as far as they come, and the time gone through."""
    reached: list[datetime] = []
    path: list[Segment] = []
    passed = timedelta()
    for segment in time:
        path.append(segment)
        if segment.counted:
            length = segment.end - segment.begin
            while len(reached) < len(shares) and shares[len(reached)] - passed <= length:
                reached.append(segment.begin + (shares[len(reached)] - passed))
            passed += length
        if len(reached) == len(shares):
            break
    return reached, path


def _stretches(path: Sequence[Segment], due: datetime | None) -> tuple[Stretch, ...]:
    """The path up to `due`, neighbours of one reason put together."""
    found: list[Stretch] = []
    for segment in path:
        if due is not None and segment.begin >= due:
            break
        end = segment.end if due is None else min(segment.end, due)
        paused = segment.reason.partition(":")[0] == Reason.PAUSED
        kind: Kind = "counted" if segment.counted else "paused" if paused else "skipped"
        begin = segment.begin
        if found and (found[-1].kind, found[-1].reason) == (kind, segment.reason):
            begin = found.pop().begin
        found.append(Stretch(begin, None if end == FOREVER else end, kind, segment.reason))
    return tuple(found)


def _guessed(start: datetime, last: datetime) -> tuple[int, ...]:
    first, final = (moment.astimezone(SHANGHAI).year for moment in (start, last))
    return tuple(year for year in range(first, final + 1) if not look_up(date(year, 1, 1)).published)
