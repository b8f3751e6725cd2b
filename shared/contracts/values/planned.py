"""What a care plan is made of."""

from enum import StrEnum

from pydantic import Field

from shared.contracts.event import Frozen
from shared.contracts.values.figures import Minutes
from shared.contracts.values.texts import Code


class Risk(StrEnum):
    """高, 重点, 一般: how often a plan visits (weekly, monthly, quarterly)."""

    HIGH = "high"
    KEY = "key"
    GENERAL = "general"


class PlannedService(Frozen):
    """A service that a care plan repeats."""

    service: Code
    every_days: int = Field(ge=1, le=366)
    minutes: Minutes = 60
    hour: int = Field(default=9, ge=6, le=20)
