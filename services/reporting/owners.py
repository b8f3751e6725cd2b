"""The owning services' stores: those in this process, and those that are asked at the one address."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import httpx
import orjson

from services.reporting.domain.check import Row, Streams
from shared.eventstore.log import SQL
from shared.eventstore.store import EventStore
from shared.service import Running

OWNERS = ("intake", "matching", "care", "reporting", "identity")
SECONDS = 60.0


class LocalStreams:
    """Reads each store directly. A store isn't indexed by cadre, so a check looks at all its headers."""

    def __init__(self, stores: Iterable[EventStore]) -> None:
        """Those of all services."""
        self._stores = list(stores)

    async def of_cadre(self, cadre: UUID, streams: Sequence[str]) -> Sequence[Row]:
        """These streams, and those with the cadre in any header, whole."""
        found: list[Row] = []
        for store in self._stores:
            about = await store.pool.fetch(SQL.streams_about.sql, list(streams), str(cadre).encode())
            found += map(row_of, about)
        return found


class RemoteStreams:
    """Asks each service, as whoever wants the check: the right to it is theirs, not reporting's."""

    def __init__(self, address: str, authorization: str) -> None:
        """At the one address."""
        self._address, self._authorization = address, authorization

    async def of_cadre(self, cadre: UUID, streams: Sequence[str]) -> Sequence[Row]:
        """The same; ConnectionError when a service doesn't answer."""
        found: list[Row] = []
        body = orjson.dumps({"cadre": cadre, "streams": list(streams)})
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        async with httpx.AsyncClient(base_url=self._address, timeout=SECONDS, trust_env=False) as http:
            for owner in OWNERS:
                try:
                    answer = await http.post(f"/{owner}/api/v1/streams/about", content=body, headers=headers)
                    answer.raise_for_status()
                except httpx.HTTPError as error:
                    raise ConnectionError(f"{owner} does not answer: {error!r}") from error
                found += [_told(one) for one in orjson.loads(answer.content)]
        return found


def row_of(row: Any) -> Row:
    """A row of a query."""
    return Row(row["stream"], row["stream_version"], row["header"], row["data"], row["hash"])


def _told(one: Any) -> Row:
    header, data = base64.b64decode(one["header"]), base64.b64decode(one["data"])
    return Row(one["stream"], one["version"], header, data, bytes.fromhex(one["hash"]))


def streams_of(running: Running, authorization: str) -> Streams:
    """The stores of this process, or those of services elsewhere, asked as `authorization`."""
    address = running.extras.get("owners")
    return RemoteStreams(address, authorization) if address else LocalStreams(running.sources.values())
