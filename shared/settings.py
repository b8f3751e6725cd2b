"""What a bureau can configure; handed to reactions and timers, never read by deciders."""

from dataclasses import dataclass, field
from datetime import timedelta

from shared.deadlines import DEFAULT, QUICK, Policy


@dataclass(frozen=True)
class Settings:
    """Deadlines and waits. The defaults are those of the domain's table."""

    deadlines: Policy = field(default_factory=lambda: DEFAULT)
    offer_rescue: timedelta = timedelta(minutes=2)
    offer_urgent: timedelta = timedelta(minutes=15)
    offer_routine: timedelta = timedelta(hours=4)
    parallel_offers: int = 3
    visit_early: timedelta = timedelta(hours=2)
    visit_grace: timedelta = timedelta(minutes=30)
    planned_ahead: timedelta = timedelta(days=2)
    funding_lapse: timedelta = timedelta(days=60)
    plan_review: timedelta = timedelta(days=180)
    reopen_within: timedelta = timedelta(days=7)


QUICK_SETTINGS = Settings(
    deadlines=QUICK,
    offer_rescue=timedelta(seconds=2),
    offer_urgent=timedelta(seconds=3),
    offer_routine=timedelta(seconds=4),
    visit_early=timedelta(days=366),
    visit_grace=timedelta(seconds=5),
    funding_lapse=timedelta(seconds=20),
)
"""Seconds in place of minutes and hours, for simulated traffic on a demo that runs in real time."""
