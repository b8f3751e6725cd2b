"""Events of care plans."""

from datetime import date
from uuid import UUID

from shared.contracts.event import Event, Medical
from shared.contracts.values import PlannedService, Risk, Slot


class PlanAssessed(Event, name="care.PlanAssessed", subject="cadre"):
    """A cadre's need for regular care was assessed."""

    plan: UUID
    cadre: UUID
    community: UUID | None
    risk: Risk
    note: Medical[str] = ""


class PlanActivated(Event, name="care.PlanActivated"):
    """From now on these services recur, until the review."""

    plan: UUID
    cadre: UUID
    services: tuple[PlannedService, ...]
    starts: date
    review_on: date


class PlannedVisitDue(Event, name="care.PlannedVisitDue"):
    """A planned visit's time has come near: intake opens the request."""

    plan: UUID
    cadre: UUID
    community: UUID | None
    occurrence: UUID
    service: str
    slot: Slot


class PlanReviewDue(Event, name="care.PlanReviewDue"):
    """Somebody has to assess anew."""

    plan: UUID
    cadre: UUID


class PlanSuspended(Event, name="care.PlanSuspended"):
    """No visits for a while: in hospital, away."""

    plan: UUID
    cadre: UUID
    reason: str


class PlanResumed(Event, name="care.PlanResumed"):
    """Visits recur again."""

    plan: UUID
    cadre: UUID


class PlanEnded(Event, name="care.PlanEnded"):
    """No more visits."""

    plan: UUID
    cadre: UUID
    reason: str
