"""The owning services' stores, when they run in this process."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.reporting.domain.check import Row, Streams
from shared.eventstore.store import EventStore
from shared.service import Running

_WHOLE = """
SELECT stream, stream_version, header, data, hash FROM store.events
WHERE stream = ANY ($1::text[]) ORDER BY stream, stream_version"""
_ABOUT = "SELECT DISTINCT stream FROM store.events WHERE position($1::bytea IN header) > 0"


class LocalStreams:
    """Reads each store directly. A store isn't indexed by cadre, so a check looks at all its headers."""

    def __init__(self, sources: Mapping[str, EventStore]) -> None:
        """`sources` by service."""
        self._sources = sources

    async def of_cadre(self, cadre: UUID, streams: Sequence[str]) -> Sequence[Row]:
        """These streams, and those with the cadre in any header, whole."""
        found: list[Row] = []
        for store in self._sources.values():
            about = await store.pool.fetch(_ABOUT, str(cadre).encode())
            names = {*streams, *(row["stream"] for row in about)}
            found += map(row_of, await store.pool.fetch(_WHOLE, sorted(names)))
        return found


def row_of(row: Any) -> Row:
    """A row of a query."""
    return Row(row["stream"], row["stream_version"], row["header"], row["data"], row["hash"])


def streams_of(running: Running) -> Streams:
    """What the runner put into `extras`, else the stores of this process."""
    streams: Streams = running.extras.get("streams") or LocalStreams(running.sources)
    return streams
