"""What a bureau can configure; handed to reactions and timers, never read by deciders."""

from dataclasses import dataclass, field
from datetime import timedelta

from shared.cascades import CASCADES, QUICK_CASCADES, Cascades
from shared.deadlines import DEFAULT, QUICK, Policy


@dataclass(frozen=True)
class Settings:
    """Deadlines and waits. The defaults are those of the domain's table, and of the cascades chosen."""

    deadlines: Policy = field(default_factory=lambda: DEFAULT)
    cascades: Cascades = CASCADES
    visit_early: timedelta = timedelta(hours=2)
    visit_grace: timedelta = timedelta(minutes=30)
    planned_ahead: timedelta = timedelta(days=2)
    plan_at: timedelta | None = timedelta(hours=7, minutes=30)
    """The time of day, in Shanghai, at which scheduled visits are planned together; None for never."""
    plan_lead: timedelta = timedelta(hours=12)
    """A visit that begins sooner after the plan doesn't wait for it."""
    plan_patience: timedelta = timedelta(hours=2)
    """After so long a plan is accepted as it stands."""
    plan_queue: int | None = 10
    """More routine requests than this that nobody has been asked for are decided together; None for never."""
    queue_patience: timedelta = timedelta(minutes=10)
    """After so long such a plan is accepted as it stands."""
    funding_lapse: timedelta = timedelta(days=60)
    plan_review: timedelta = timedelta(days=180)
    reopen_within: timedelta = timedelta(days=7)


QUICK_SETTINGS = Settings(
    deadlines=QUICK,
    cascades=QUICK_CASCADES,
    plan_at=None,
    plan_queue=None,
    visit_early=timedelta(days=366),
    visit_grace=timedelta(seconds=5),
    funding_lapse=timedelta(seconds=20),
)
"""Seconds in place of minutes and hours, for simulated traffic on a demo that runs in real time."""
