"""When something is, and when it holds."""

from datetime import date
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.event import Frozen
from shared.errors import InvalidError


class SlotOrderError(InvalidError, ValueError):
    """The end must come after the beginning, and a visit may last 24 hours at the most. Correct the times."""

    zh = "结束须晚于开始，且一次服务最长 24 小时。请改正时间。"


class ValidityOrderError(InvalidError, ValueError):
    """The last day can't lie before the first. Correct the dates."""

    zh = "截止日不能早于起始日。请改正日期。"


class Slot(Frozen):
    """From when to when."""

    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 < (self.end - self.start).total_seconds() <= 24 * 3600:
            raise SlotOrderError
        return self

    def overlaps(self, other: "Slot") -> bool:
        """Whether the two share any time."""
        return self.start < other.end and other.start < self.end


class Validity(Frozen):
    """From which day to which, both included; open-ended without the second."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValidityOrderError
        return self

    def holds(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Weekly(Frozen):
    """A time of the week that recurs, in minutes from local midnight; day 1 is Monday."""

    day: int = Field(ge=1, le=7)
    start: int = Field(ge=0, lt=1440)
    end: int = Field(gt=0, le=1440)
