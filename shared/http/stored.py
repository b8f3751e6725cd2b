"""What every service tells of its store: the events as they are written."""

import base64
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shared.bus.envelope import Envelope, decode
from shared.errors import InvalidError
from shared.eventstore.log import SQL
from shared.eventstore.position import START, Position
from shared.http.reading import Limit, Page, Reading, cursor_of, values_of

router = APIRouter(tags=["machinery"])
INT4, INT8 = (1 << 31) - 1, (1 << 63) - 1
MOST_STREAMS = 10_000
STREAM = r"^[a-z_]+-[0-9a-f-]{36}$"


class TwoCursorsError(InvalidError):
    """A cursor is three numbers, as a list gave it. Begin again without it."""

    zh = "游标不是列表给出的。请去掉它重新开始。"


def shown(envelope: Envelope) -> dict[str, Any]:
    """An envelope for people: its attributes, and its data as stored, sealed fields sealed."""
    return {**envelope.attributes, "hash": envelope.hash.hex(), "data": envelope.data.decode()}


@router.get("/events")
async def events(
    reading: Reading,
    stream: Annotated[str | None, Query(pattern=STREAM, description="one stream only")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Limit = 100,
    *,
    newest: Annotated[bool, Query(description="the newest ones; `next` leads to what comes later")] = False,
) -> Page[dict[str, Any]]:
    """Events as stored, in the order of the store; of one stream, in its order."""
    reading.reach("read_events")
    store = reading.running.store
    if stream:
        after = values_of(cursor, 1)
        found = await store.read_stream_raw(stream, _number(after[0], INT4) if after else 0, limit + 1)
        items = [shown(envelope) for envelope, _ in found[:limit]]
        return Page(items=items, next=cursor_of(items[-1]["streamversion"]) if len(found) > limit else "")
    if newest:
        rows = list(reversed(await reading.pool.fetch(SQL.read_newest.sql, limit)))
        last = (rows[-1]["epoch"], rows[-1]["xid"], rows[-1]["seq"]) if rows else START
        return Page(items=[shown(decode(row["header"], row["data"])) for row in rows], next=cursor_of(*last))
    values = values_of(cursor, 3)
    place = Position(_number(values[0], INT4), *map(_number, values[1:])) if values else START
    batch = await store.read_all(place, limit)
    more = cursor_of(*batch[-1].position) if batch else (cursor or "")
    return Page(items=[shown(placed.envelope) for placed in batch], next=more)


def _number(text: str, most: int = INT8) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise TwoCursorsError("cursor")
    return int(text)


class About(BaseModel):
    """A person, and streams that are known to be about them."""

    cadre: UUID
    streams: Annotated[list[Annotated[str, Field(pattern=STREAM)]], Field(max_length=MOST_STREAMS)]


class OwnedEvent(BaseModel):
    """An event as its owner has it: header and data in base64, the hash in hex."""

    stream: str
    version: int
    header: str
    data: str
    hash: str


@router.post("/streams/about")
async def streams_about(about: About, reading: Reading) -> list[OwnedEvent]:
    """These streams, and all others here that are about the person, byte for byte: for a check of a copy."""
    reading.reach("read_streams")
    rows = await reading.pool.fetch(SQL.streams_about.sql, about.streams, str(about.cadre).encode())
    return [
        OwnedEvent(
            stream=row["stream"],
            version=row["stream_version"],
            header=base64.b64encode(row["header"]).decode(),
            data=base64.b64encode(row["data"]).decode(),
            hash=row["hash"].hex(),
        )
        for row in rows
    ]
