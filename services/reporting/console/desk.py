"""What the auditor's pages share: their templates, addresses with what is chosen, times that people type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.reporting.entries import SHANGHAI
from shared.console.pages import Pages
from shared.console.texts import moment
from shared.http.reading import ReadContext

PATH = "/reporting"
YEARS = (1900, 2199)
SECOND_ENDS = 999_999
PAGES = Pages("reporting")


@dataclass(frozen=True)
class Address:
    """A page's address with what is chosen on it; empty choices are left out."""

    path: str
    chosen: Mapping[str, str]

    def __call__(
        self, changes: Mapping[str, Any] | None = None, path: str = "", *, bare: bool = False
    ) -> str:
        """The same with these changes, at another path, or with these alone."""
        told = {**({} if bare else self.chosen), **(changes or {})}
        query = urlencode([(name, str(value)) for name, value in told.items() if value not in ("", None)])
        return f"{path or self.path}?{query}" if query else path or self.path


def cadre_path(cadre: UUID) -> str:
    """Where somebody's pages stand."""
    return f"{PATH}/cadres/{cadre}"


def uuid_of(text: str) -> UUID | None:
    """The id that is written there, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """The day that is written there, if it is one that calendars reckon with."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def midnight(day: date) -> datetime:
    """When a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def after(day: date) -> datetime:
    """When it is over."""
    return midnight(day) + timedelta(days=1)


def instant_of(text: str) -> datetime | None:
    """The instant that is written there, Shanghai's when it names no zone; None when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not YEARS[0] < found.year < YEARS[1]:
        return None
    if found.tzinfo is None:  # typed to the second, all of which is meant
        found = found.replace(tzinfo=SHANGHAI, microsecond=found.microsecond or SECOND_ENDS)
    return found.astimezone(UTC)


def typed(at: datetime) -> str:
    """An instant as a field for times has it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(10_000)
def exact(at: datetime | str, language: str) -> str:
    """A time to the second, as an auditor compares it."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment(found, language)}:{found.astimezone(SHANGHAI):%S}"


async def names_of(reading: ReadContext) -> dict[str, str]:
    """What services of the catalogue are called, by code, in the reader's language."""
    rows = await reading.pool.fetch("SELECT code, zh, en FROM services")
    return {row["code"]: row["zh" if reading.language == "zh" else "en"] for row in rows}


async def communities_of(reading: ReadContext) -> list[dict[str, Any]]:
    """The communities by subdistrict and name."""
    rows = await reading.pool.fetch(
        'SELECT id, name, subdistrict FROM communities ORDER BY subdistrict, name COLLATE "C", id'
    )
    return [dict(row) for row in rows]
