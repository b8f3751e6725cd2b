"""Deadlines: pure reckoning of what is due when, by the policy and China's official calendar, and why."""

from shared.deadlines.deadline import Deadline, Level, Pause, Stretch
from shared.deadlines.policy import (
    DEFAULT,
    QUICK,
    BeforeSlot,
    EndOfNextDay,
    Override,
    Policy,
    Span,
    Stage,
    Stages,
    Track,
    WallTime,
    WorkingDays,
    WorkingTime,
)
from shared.deadlines.reckon import (
    ExtensionsUsedUpError,
    NoDeadlineError,
    NoSlotError,
    SlotNotExtendedError,
    reckon,
)
from shared.deadlines.words import explain
from shared.deadlines.workdays import OFFICE_HOURS, SHANGHAI, Hours, Reason, working_between, working_time

__all__ = [
    "DEFAULT",
    "OFFICE_HOURS",
    "QUICK",
    "SHANGHAI",
    "BeforeSlot",
    "Deadline",
    "EndOfNextDay",
    "ExtensionsUsedUpError",
    "Hours",
    "Level",
    "NoDeadlineError",
    "NoSlotError",
    "Override",
    "Pause",
    "Policy",
    "Reason",
    "SlotNotExtendedError",
    "Span",
    "Stage",
    "Stages",
    "Stretch",
    "Track",
    "WallTime",
    "WorkingDays",
    "WorkingTime",
    "explain",
    "reckon",
    "working_between",
    "working_time",
]
