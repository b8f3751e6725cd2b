"""When a step of a funding case is due, and when the case lapses."""

from datetime import UTC, datetime

from services.care.domain.funding_states import REVIEW, VERIFY
from shared.deadlines import SHANGHAI, Deadline, Track, reckon
from shared.settings import Settings

DEADLINED = frozenset({VERIFY.step, REVIEW.step})
"""The steps that have to be taken in time."""


def deadline_of(step: str, since: datetime, settings: Settings) -> Deadline:
    """The deadline of a step that the case has waited for since then."""
    return reckon(settings.deadlines, Track.FUNDING, step, since)


def over_at(year: int) -> datetime:
    """When a year's budget ends."""
    return datetime(year + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)


def lapses_at(changed: datetime, year: int, settings: Settings) -> datetime:
    """When a case lapses in which nothing is done after `changed`."""
    return min(changed + settings.funding_lapse, over_at(year))
