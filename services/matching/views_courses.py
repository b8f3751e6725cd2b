"""How far requests are, as intake tells it: what the board's columns and deadlines are made from."""

from collections.abc import Mapping
from typing import Any

import orjson

from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.eventstore.tables import Tables


async def begin_course(db: Tables, recorded: Recorded) -> None:
    """A request is received, or opened again: its time begins."""
    event: Any = recorded.event
    at = recorded.envelope.happened
    await db.execute(
        "INSERT INTO courses (request, state, since, opened) VALUES ($1, 'Matching', $2, $2)"
        " ON CONFLICT (request) DO UPDATE SET state = excluded.state, since = excluded.since,"
        " opened = excluded.opened, extensions = 0, level = '', pauses = '[]'",
        event.request,
        at,
    )


STATES: Mapping[type[Event], str] = {
    intake.RequestAssigned: "Assigned",
    intake.RequestUnassigned: "Matching",
    intake.RequestBegun: "InProgress",
    intake.RequestServiceReported: "Reported",
    intake.CallbackDue: "CallbackDue",
}


async def go_on(db: Tables, recorded: Recorded) -> None:
    """The next state. Who must be matched anew has the time from then on."""
    event: Any = recorded.event
    at = recorded.envelope.happened
    await db.execute(
        "UPDATE courses SET state = $2, since = $3, extensions = 0, level = '',"
        " opened = CASE WHEN $2 = 'Matching' THEN $3 ELSE opened END WHERE request = $1",
        event.request,
        STATES[type(event)],
        at,
    )


async def note_level(db: Tables, recorded: Recorded) -> None:
    """The deadline came near, or was missed."""
    event: Any = recorded.event
    await db.execute("UPDATE courses SET level = $2 WHERE request = $1", event.request, event.level)


async def note_extension(db: Tables, recorded: Recorded) -> None:
    """More time was given."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE courses SET level = '', extensions = $2 WHERE request = $1", event.request, event.count
    )


async def pause(db: Tables, recorded: Recorded) -> None:
    """The clock stands: the request waits, or the bureau decides on money."""
    event: Any = recorded.event
    begun = orjson.dumps([{"begin": recorded.envelope.happened, "for": _awaited(event)}]).decode()
    sql = "UPDATE courses SET pauses = pauses || $2::jsonb WHERE request = $1"
    await db.execute(sql, event.request, begun)


async def resume(db: Tables, recorded: Recorded) -> None:
    """It goes on."""
    event: Any = recorded.event
    known = await db.fetchval("SELECT pauses FROM courses WHERE request = $1", event.request)
    pauses = orjson.loads(known or "[]")
    for one in pauses:
        if "end" not in one and one["for"] == _awaited(event):
            one["end"] = recorded.envelope.happened
    await db.execute(
        "UPDATE courses SET pauses = $2 WHERE request = $1", event.request, orjson.dumps(pauses).decode()
    )


def _awaited(event: Any) -> str:
    return str(getattr(event, "funding", ""))
