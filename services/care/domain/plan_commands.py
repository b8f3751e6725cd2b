"""What may be wished of a care plan, and why it may be refused."""

from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.command import Command
from shared.contracts.values import Category, Note, PlannedService, Risk
from shared.errors import InvalidError, RefusedError


class SuspendReason(StrEnum):
    """Why a plan rests: 住院, 外出, 本人要求."""

    IN_HOSPITAL = "in_hospital"
    AWAY = "away"
    ASKED = "asked"


class EndReason(StrEnum):
    """Why a plan ends: 不再需要, 迁出, 入住机构, 去世."""

    NOT_NEEDED = "not_needed"
    MOVED_AWAY = "moved_away"
    IN_A_HOME = "in_a_home"
    DECEASED = "deceased"


class AssessPlan(Command):
    """A cadre's need for regular care; for a plan that exists, the need as it is now."""

    cadre: UUID
    risk: Risk
    note: Note = ""


class AssessFor(AssessPlan):
    """The same, with the community that is responsible."""

    community: UUID | None


class ActivatePlan(Command):
    """Let services recur from a day on until a review; without services, those usual for the risk."""

    services: tuple[PlannedService, ...] = Field(default=(), max_length=10)
    starts: date | None = None
    review_on: date | None = None


class ActivateFor(ActivatePlan):
    """The same, with what care knows of the cadre and what the bureau has configured."""

    category: Category | None
    review_after: timedelta


class SuspendPlan(Command):
    """No visits for a while."""

    reason: SuspendReason


class ResumePlan(Command):
    """Visits recur again."""


class EndPlan(Command):
    """No more visits."""

    reason: EndReason


class RaiseDue(Command):
    """Say of every planned visit that begins within `ahead` that it is due."""

    ahead: timedelta
    community: UUID | None


class RaiseReview(Command):
    """Say that the review is due, if its day has come."""


class Hospital(Command):
    """The cadre went to hospital, or came back."""

    admitted: bool


class EndForGood(Command):
    """The cadre has died."""


PlanCommand = (
    AssessFor
    | ActivateFor
    | ActivatePlan
    | SuspendPlan
    | ResumePlan
    | EndPlan
    | RaiseDue
    | RaiseReview
    | Hospital
    | EndForGood
)


class PlanOverError(RefusedError):
    """This plan has ended. Assess the cadre anew for another one."""

    zh = "这个计划已结束。请为该干部重新评估。"


class NotActiveError(RefusedError):
    """Only an active plan can rest. Activate it first."""

    zh = "只有执行中的计划才能暂停。请先启用。"


class NotSuspendedError(RefusedError):
    """This plan is not suspended: there is nothing to resume."""

    zh = "这个计划没有暂停，无须恢复。"


class NotAssessedError(RefusedError):
    """A suspended plan is resumed first. Then change its services."""

    zh = "暂停中的计划请先恢复，再改服务。"


class DayPastError(InvalidError):
    """The first day can't lie in the past, and the review comes after it. Correct the days."""

    zh = "开始日不能早于今天，复评日须在其后。请改正日期。"
