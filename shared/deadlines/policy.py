"""How much time each stage has: the table of deadlines, configurable, with the defaults of the bureau."""

from datetime import time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.event import Frozen
from shared.deadlines.workdays import DAY, OFFICE_HOURS, Hours, day_length

Positive = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))]


class Track(StrEnum):
    """A row of the table: an urgency, or a funding case."""

    RESCUE = "rescue"
    URGENT = "urgent"
    ROUTINE = "routine"
    SCHEDULED = "scheduled"
    FUNDING = "funding"


class Stage(StrEnum):
    """What has to happen in time."""

    FIRST_ACTION = "first_action"
    MATCHED = "matched"
    FINISHED = "finished"
    CALLBACK = "callback"
    VERIFY = "verify"
    REVIEW = "review"


class WallTime(Frozen):
    """Time by the clock on the wall, at night and on holidays too."""

    kind: Literal["wall_time"] = "wall_time"
    amount: Positive


class WorkingTime(Frozen):
    """Time within working hours."""

    kind: Literal["working_time"] = "working_time"
    amount: Positive


class WorkingDays(Frozen):
    """So many times the working time of a day: from 10:00 on Monday one day runs to 10:00 on Tuesday."""

    kind: Literal["working_days"] = "working_days"
    days: Annotated[int, Field(gt=0, le=260)]


class EndOfNextDay(Frozen):
    """Until midnight of the next day, or the close of the next working day; the start's own day is free."""

    kind: Literal["end_of_next_day"] = "end_of_next_day"
    working: bool = False


class BeforeSlot(Frozen):
    """At the slot that was agreed, or `lead` before it.

    The shares for warning and pressing are taken of `window`, since the time that lies between the
    booking and the slot says nothing about how pressing it is; counting starts that long before it is due.
    """

    kind: Literal["before_slot"] = "before_slot"
    lead: Annotated[timedelta, Field(ge=timedelta(0))] = timedelta(0)
    window: Positive = DAY


Span = Annotated[
    WallTime | WorkingTime | WorkingDays | EndOfNextDay | BeforeSlot,
    Field(discriminator="kind"),
]


class Stages(Frozen):
    """The spans of one track; a stage without one has no deadline."""

    first_action: Span | None = None
    matched: Span | None = None
    finished: Span | None = None
    callback: Span | None = None
    verify: Span | None = None
    review: Span | None = None


class Override(Frozen):
    """Another span for one service of the catalogue."""

    service: str
    track: Track
    stage: Stage
    span: Span


class Policy(Frozen):
    """The table of deadlines.

    `warn` is the share of the span after which the helper is warned; `urge` (催办, to the subdistrict) and
    `supervise` (督办, to the bureau) are the shares of the span that follow after it is due. `extension` is
    the share that each extension adds, `extensions` how many there may be. Rescue (特急) takes wall time
    only and is never paused.
    """

    rescue: Stages
    urgent: Stages
    routine: Stages
    scheduled: Stages
    funding: Stages
    overrides: tuple[Override, ...] = ()
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)] = OFFICE_HOURS
    warn: Annotated[float, Field(gt=0, lt=1)] = 0.75
    urge: Annotated[float, Field(gt=0)] = 0.5
    supervise: Annotated[float, Field(gt=0)] = 1.0
    extension: Annotated[float, Field(gt=0, le=1)] = 0.5
    extensions: Annotated[int, Field(ge=0)] = 2

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(
            before.closes == time() or before.closes > after.opens for before, after in pairwise(self.hours)
        ):
            raise ValueError("working hours must be in order and must not overlap")
        rescue = [getattr(self.rescue, stage) for stage in Stage]
        rescue += [o.span for o in self.overrides if o.track is Track.RESCUE]
        if any(span is not None and not isinstance(span, WallTime) for span in rescue):
            raise ValueError("rescue runs around the clock: its spans are wall time")
        if self.supervise < self.urge:
            raise ValueError("the bureau supervises after the subdistrict has urged, not before")
        return self

    def span(self, track: Track, stage: Stage, service: str | None = None) -> Span | None:
        """The span of a stage, the override of its service first; None when it has no deadline."""
        for override in self.overrides:
            if (override.service, override.track, override.stage) == (service, track, stage):
                return override.span
        found: Span | None = getattr(getattr(self, track), stage)
        return found

    def sped_up(self, factor: int) -> "Policy":
        """The same table `factor` times as fast, all in wall time, so that a demo runs at any hour."""

        def fast(span: Span | None) -> Span | None:
            return None if span is None else _faster(span, factor, day_length(self.hours))

        tracks: dict[str, Stages] = {
            track.value: Stages(**{stage: fast(getattr(getattr(self, track), stage)) for stage in Stage})
            for track in Track
        }
        overrides = tuple(
            o.model_copy(update={"span": _faster(o.span, factor, day_length(self.hours))})
            for o in self.overrides
        )
        return self.model_copy(update={**tracks, "overrides": overrides})


def _faster(span: Span, factor: int, day: timedelta) -> Span:
    match span:
        case WallTime() | WorkingTime():
            return WallTime(amount=span.amount / factor)
        case WorkingDays():
            return WallTime(amount=span.days * day / factor)
        case EndOfNextDay():
            return WallTime(amount=(day if span.working else DAY) / factor)
        case BeforeSlot():
            return BeforeSlot(lead=span.lead / factor, window=span.window / factor)


def _wall(**amount: float) -> WallTime:
    return WallTime(amount=timedelta(**amount))


DEFAULT = Policy(
    rescue=Stages(
        first_action=_wall(minutes=1),
        matched=_wall(minutes=5),
        finished=_wall(minutes=20),
        callback=_wall(hours=2),
    ),
    urgent=Stages(
        first_action=_wall(minutes=15),
        matched=_wall(hours=1),
        finished=_wall(hours=24),
        callback=EndOfNextDay(),
    ),
    routine=Stages(
        first_action=WorkingTime(amount=timedelta(hours=2)),
        matched=WorkingDays(days=1),
        finished=WorkingDays(days=3),
        callback=EndOfNextDay(working=True),
    ),
    # Closes on the report; the callback is for those that the draw picks.
    scheduled=Stages(
        first_action=_wall(days=1),
        matched=BeforeSlot(lead=DAY),
        finished=BeforeSlot(),
        callback=EndOfNextDay(working=True),
    ),
    funding=Stages(first_action=_wall(days=1), verify=WorkingDays(days=3), review=WorkingDays(days=5)),
    overrides=(
        Override(service="repair", track=Track.ROUTINE, stage=Stage.FINISHED, span=WorkingDays(days=5)),
    ),
)
"""The deadlines of the bureau."""

QUICK = DEFAULT.sped_up(60)
"""The same with a second for every minute, for a demo in real time."""
