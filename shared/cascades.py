"""How offers cascade: waves, patience and quiet hours, a table by urgency that a bureau can configure."""

from datetime import time, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.contracts.event import Frozen
from shared.contracts.values import Urgency

Positive = Annotated[timedelta, Field(gt=timedelta(0))]
Count = Annotated[int, Field(ge=1)]


class QuietHours(Frozen):
    """From when to when nobody is asked, whole minutes in Shanghai; they may span midnight."""

    begins: time = time(21)
    ends: time = time(8)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(one.tzinfo or one.second or one.microsecond for one in (self.begins, self.ends)):
            raise ValueError("quiet hours are whole minutes of Shanghai, without a zone")
        if self.begins == self.ends:
            raise ValueError("quiet hours must end at another time than they begin")
        return self


class Cascade(Frozen):
    """How helpers are asked for one request.

    `wave` helpers are asked at first, and after every `gap` as many more beside them, while fewer than
    `at_once` offers are open. An offer waits for its answer for `patience`; who says no, or nothing for so
    long, is replaced at once. After `most` offers in a round a coordinator has to act. Both times count only
    outside the quiet hours; without those they are wall time.
    """

    wave: Count
    gap: Positive
    patience: Positive
    at_once: Count
    most: Count
    quiet: QuietHours | None = QuietHours()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.wave <= self.at_once <= self.most:
            raise ValueError("a wave is no more than may be open at once, and that no more than in all")
        return self


class Cascades(Frozen):
    """The cascades by urgency. 特急 runs around the clock; what is scheduled is asked for like 一般."""

    rescue: Cascade
    urgent: Cascade
    routine: Cascade

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.rescue.quiet is not None:
            raise ValueError("rescue runs around the clock: its cascade has no quiet hours")
        return self

    def of(self, urgency: Urgency) -> Cascade:
        """The cascade of this urgency."""
        match urgency:
            case Urgency.RESCUE:
                return self.rescue
            case Urgency.URGENT:
                return self.urgent
            case Urgency.ROUTINE | Urgency.SCHEDULED:
                return self.routine


def _minutes(wave: int, gap: float, patience: float, at_once: int, most: int) -> Cascade:
    times = {"gap": timedelta(minutes=gap), "patience": timedelta(minutes=patience)}
    return Cascade(wave=wave, **times, at_once=at_once, most=most)


CASCADES = Cascades(
    rescue=_minutes(6, 3, 5, 12, 24).model_copy(update={"quiet": None}),
    urgent=_minutes(2, 10, 15, 6, 16),
    routine=_minutes(1, 120, 240, 3, 16),
)
"""The bureau's. Chosen by `./jiujin cascade simulate`; docs/why/cascade.md has what was compared."""


def _seconds(like: Cascade, gap: float, patience: float) -> Cascade:
    times = {"gap": timedelta(seconds=gap), "patience": timedelta(seconds=patience)}
    return like.model_copy(update={**times, "quiet": None})


QUICK_CASCADES = Cascades(
    rescue=_seconds(CASCADES.rescue, 1, 2),
    urgent=_seconds(CASCADES.urgent, 2, 3),
    routine=_seconds(CASCADES.routine, 3, 4),
)
"""Seconds in their place and no night, for a demo in real time."""
