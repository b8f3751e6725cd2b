"""What every service tells and takes about its machinery: events, what waits, how far it is."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import structlog
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared import ids
from shared.bus.envelope import decode
from shared.contracts.command import Command
from shared.contracts.operations import EventSkipped
from shared.contracts.values import Reason
from shared.errors import RefusedError, UnknownError
from shared.eventstore.changes import Held
from shared.eventstore.decider import Decider
from shared.eventstore.log import RELAY, SQL
from shared.eventstore.position import START, Position
from shared.eventstore.rebuild import PastIncompleteError, rebuild
from shared.eventstore.signals import HeldGoneError
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Reading
from shared.roles import Resource
from shared.service import Running
from shared.version import VERSION

log = structlog.get_logger("jiujin.machinery")
router = APIRouter(tags=["machinery"])


class RetryParked(Command):
    """Try a parked event again at once."""


class SkipParked(Command):
    """Let the consumer go past a parked event, for a reason."""

    reason: Reason


class RebuildView(Command):
    """Build a view anew beside the live one, and swap."""


class SetQuick(BaseModel):
    """Let a demo's waits be seconds in place of minutes, for simulated traffic in real time."""

    quick: bool


class NotDemoError(RefusedError):
    """These are a bureau's own data, not a demo's. Use a demo: `./jiujin up --data ANOTHER-FOLDER`."""

    zh = "这是真实业务数据，不是演示数据。请用演示数据：./jiujin up --data 另一个文件夹。"


class NothingWaitsError(UnknownError):
    """Nothing with this number waits here. List what is parked, and take its number."""

    zh = "没有这个编号的滞留事件。请先列出滞留事件，再用其编号。"


class NoSuchViewError(UnknownError):
    """This service has no view of this name. The names are {names}."""

    zh = "这个服务没有这个名字的视图。现有：{names}。"


class NotParkedError(RefusedError):
    """Only the first waiting event of a key can be skipped, once it is parked. Deal with the first one."""

    zh = "只能跳过同一键下排在最前且已滞留的事件。请先处理最前面的一个。"


SKIP: Decider[EventSkipped] = Decider(
    "skip", "skip", lambda _, event: event, lambda _, __, ___: (), by_cadre=False
)


@router.get("/parked")
async def parked(reading: Reading) -> list[dict[str, Any]]:
    """What failed or waits behind it, by consumer and key, in order; and timers that failed."""
    reading.reach("read_parked")
    rows = await reading.pool.fetch(SQL.list_held.sql)
    waiting = [
        {
            **{
                name: row[name]
                for name in ("ordinal", "consumer", "key", "source", "stream", "stream_version")
            },
            **{name: row[name] for name in ("attempts", "retry_at", "parked_at", "error")},
            "type": decode(row["header"], b"").type,
            "event": decode(row["header"], b"").id,
        }
        for row in rows
    ]
    timers = await reading.pool.fetch(SQL.failed_timers.sql)
    return [*waiting, *({"timer": row["name"], **dict(row)} for row in timers)]


@router.post("/parked/{ordinal}/retry")
async def retry_parked(ordinal: int, call: Call) -> Response:
    """Try it again now, as often as at first."""
    call.permit(RetryParked, Resource())
    done = await call.store.pool.execute(SQL.retry_held.sql, _fits(ordinal))
    if done.endswith(" 0"):
        raise NothingWaitsError("ordinal")
    call.store.changed()
    return Response(status_code=204)


@router.post("/parked/{ordinal}/skip")
async def skip_parked(ordinal: int, body: SkipParked, call: Call) -> Response:
    """Go past it. Who, why and what is an event of this service."""
    call.permit(body, Resource())
    row = await call.store.pool.fetchrow("SELECT * FROM store.held WHERE ordinal = $1", _fits(ordinal))

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        if row is None:
            raise NothingWaitsError("ordinal")
        first = await work.db.fetchrow(SQL.held_after.sql, row["consumer"], row["key"])
        if first is None or first["ordinal"] != ordinal or first["parked_at"] is None:
            raise NotParkedError("ordinal")
        envelope = decode(row["header"], row["data"])
        skip = ids.derive(envelope.recorded, "skip", row["consumer"], envelope.id)
        event = EventSkipped(
            skip=skip,
            consumer=row["consumer"],
            event=envelope.id,
            type=envelope.type,
            stream=envelope.stream,
            stream_version=envelope.stream_version,
            reason=body.reason,
        )
        await work.record(SKIP, skip, [event])
        work.release.append(Held(ordinal, row["consumer"], row["key"]))
        return SKIP, skip

    try:
        return await call.perform(body, do, ordinal)
    except HeldGoneError as error:
        raise NothingWaitsError("ordinal") from error


def _fits(ordinal: int) -> int:
    if not 0 < ordinal < 1 << 63:
        raise NothingWaitsError("ordinal")
    return ordinal


class Lag(BaseModel):
    """How many events of a source the service's consumer has not taken in; nothing when that isn't known."""

    source: str
    events: int | None


class Sending(BaseModel):
    """The relay of the service's events: how many it has not sent, and for how long its leader is silent."""

    unsent: int
    silent: float | None


class Status(BaseModel):
    """A service's state in figures."""

    service: str
    version: str
    lag: list[Lag]
    relay: Sending | None
    newest: str
    waiting: int
    parked: int
    retrying: int
    timers: int
    horizon: int


@router.get("/status")
async def status(reading: Reading) -> Status:
    """How far the consumer is behind each source, what waits, whether a long transaction stalls readers."""
    reading.reach("read_status")
    running, pool = reading.running, reading.pool
    lag = [Lag(source=source, events=count) for source, count in (await running.lag()).items()]
    held = await pool.fetchrow(SQL.waits.sql)
    assert held is not None  # noqa: S101  a count gives a row
    return Status(
        service=running.name,
        version=VERSION,
        lag=lag,
        relay=await _sending(running) if running.carrier.sends else None,
        newest=str(await running.store.head()),
        **held,
        timers=await pool.fetchval("SELECT count(*) FROM store.timers"),
        horizon=await pool.fetchval(SQL.horizon.sql),
    )


async def _sending(running: Running) -> Sending:
    pool = running.store.pool
    row = await pool.fetchrow(SQL.cursor_of.sql, RELAY, running.name)
    unsent = await pool.fetchval(SQL.lag.sql, *(Position(*row) if row else START))
    return Sending(unsent=unsent, silent=await pool.fetchval(SQL.leader.sql, RELAY))


@router.post("/quick")
async def quick(body: SetQuick, reading: Reading) -> SetQuick:
    """Let all processes of the service wait so, within a second; it outlives them."""
    reading.reach("SetQuick")
    if not reading.running.tokens.demo:
        raise NotDemoError
    await reading.running.be_quick(quick=body.quick)
    return body


@router.get("/views")
async def views(reading: Reading) -> list[str]:
    """The names of the service's views."""
    reading.reach("read_status")
    return [view.name for view in reading.running.definition.views]


@router.post("/views/{view}/rebuild", response_class=StreamingResponse)
async def rebuild_view(view: str, call: Call) -> StreamingResponse:
    """Build a view anew while traffic goes on; lines of JSON tell how far it is, the last what differs."""
    call.permit(RebuildView, Resource())
    running = call.running
    found = next((one for one in running.definition.views if one.name == view), None)
    if found is None:
        names = ", ".join(one.name for one in running.definition.views)
        raise NoSuchViewError("view", names=names)
    return StreamingResponse(to_the_end(rebuild(running, found)), media_type="application/x-ndjson")


async def to_the_end(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """These lines; what breaks them off is the last one: the answer's status has long been sent."""
    try:
        async for line in lines:
            yield line
    except Exception as error:
        log.exception("rebuild broke off")
        told = PastIncompleteError.__doc__ if isinstance(error, PastIncompleteError) else None
        reason = told or type(error).__name__
        yield orjson.dumps({"state": "failed", "reason": reason}) + b"\n"
