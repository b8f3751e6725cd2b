"""A reader that follows a table of events while others append, in a process of its own.

`python -m bench.tail SCHEMA` gets the address on its first line of input, says `ready`, reads until a second
line, then to the end, and prints what it missed and what it saw out of order.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import orjson

from shared.eventstore.log import SQL
from shared.eventstore.position import START, Position

POLL_SECONDS = 0.01
BATCH = 500


@dataclass
class Seen:
    """What the reader found: events missed for ever, versions of a stream that came out of order."""

    events: int = 0
    missed: int = 0
    inverted: int = 0


async def follow(dsn: str, schema: str, stop: asyncio.Event) -> Seen:
    """Read behind the present head by the store's own query until `stop`, then to the end; compare."""
    read = SQL.read_all.sql.replace("store.events", f"{schema}.events")
    head = SQL.head.sql.replace("store.events", f"{schema}.events")
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(head)
        first = place = Position(*row) if row else START
        _say(b"ready")
        found, last = Seen(), dict[str, int]()
        seen: set[tuple[str, int]] = set()
        while True:
            ending = stop.is_set()
            rows = await connection.fetch(read, *place, BATCH, *START)
            batch = [one for one in rows if one["header"] is not None]
            for one in batch:
                header = orjson.loads(one["header"])
                stream, version = header["subject"], header["streamversion"]
                found.inverted += version <= last.get(stream, 0)
                last[stream] = version
                seen.add((stream, version))
                place = Position(one["epoch"], one["xid"], one["seq"])
            if not batch:
                if ending:
                    break
                await asyncio.sleep(POLL_SECONDS)
        there = await connection.fetch(
            f"SELECT stream, stream_version FROM {schema}.events "  # noqa: S608  our own names
            "WHERE (epoch, xid, seq) > ($1, $2::bigint::text::xid8, $3)",
            *first,
        )
        found.events = len(there)
        found.missed = sum((one["stream"], one["stream_version"]) not in seen for one in there)
        return found
    finally:
        await connection.close()


@asynccontextmanager
async def tailing(dsn: str, schema: str) -> AsyncIterator[Seen]:
    """A reader beside what happens inside; its findings are filled in at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.tail",
        schema,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101  it is a pipe
    assert process.stdout is not None  # noqa: S101  the same
    found = Seen()
    try:
        process.stdin.write(f"{dsn}\n".encode())
        await process.stdout.readline()
        yield found
        process.stdin.write(b"stop\n")
        told = orjson.loads(await process.stdout.readline())
        found.events, found.missed, found.inverted = told["events"], told["missed"], told["inverted"]
    finally:
        process.stdin.close()
        await process.wait()


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.flush()


async def _main(schema: str) -> None:
    dsn = (await asyncio.to_thread(sys.stdin.readline)).strip()
    stop = asyncio.Event()
    reading = asyncio.create_task(follow(dsn, schema, stop))
    await asyncio.to_thread(sys.stdin.readline)
    stop.set()
    _say(orjson.dumps(await reading))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
