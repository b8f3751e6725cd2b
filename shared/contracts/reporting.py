"""Events of reporting: who read whose history. They are no part of that history."""

from uuid import UUID

from shared.contracts.event import Event, Personal


class HistoryRead(Event, name="reporting.HistoryRead", subject="of"):
    """Somebody read what is recorded of a cadre: `query` is what was asked, `why` their reason."""

    reading: UUID
    of: UUID
    what: str
    query: str
    why: Personal[str]


class FigureRead(Event, name="reporting.FigureRead"):
    """Somebody opened the list of persons behind a figure."""

    reading: UUID
    what: str
    query: str
