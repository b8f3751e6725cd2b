"""The board as it is read: each request that isn't over, in a column, by what runs out first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from shared.console.live import Live, Shown
from shared.console.pages import Pages
from shared.deadlines import (
    NoDeadlineError,
    NoSlotError,
    Pause,
    Policy,
    SlotNotExtendedError,
    Stage,
    reckon,
)
from shared.service import Running

PAGES = Pages("matching")
COLUMNS = ("unmatched", "offered", "assigned", "begun", "callback")
BEHIND_ASSIGNED = {"InProgress": "begun", "Reported": "callback", "CallbackDue": "callback"}
NEVER = "9"
"""Behind every time, as text."""
_BOARD = (
    "SELECT m.request, m.version, m.state, coalesce(c.community, m.community) AS community, m.service, s.zh,"
    " s.en, m.urgency, m.starts, m.ends, m.wanted_start, m.opened AS asked_for, c.name, c.address,"
    " k.name AS lives_in, h.name AS helper, w.state AS course, w.since, w.opened, w.extensions, w.level,"
    " w.pauses, o.expires, o.asked"
    " FROM matches m LEFT JOIN cadres c USING (cadre) LEFT JOIN services s ON s.code = m.service"
    " LEFT JOIN communities k ON k.community = coalesce(c.community, m.community)"
    " LEFT JOIN helpers h ON h.helper = m.helper LEFT JOIN courses w ON w.request = m.request"
    " LEFT JOIN LATERAL (SELECT min(expires) AS expires, array_agg(n.name ORDER BY f.placed) AS asked"
    " FROM offers f JOIN helpers n USING (helper) WHERE f.request = m.request AND f.state = 'Open') o"
    " ON m.state = 'Offering' WHERE m.state <> 'Closed'"
)


def board_of(running: Running) -> Live:
    """The board that this process keeps."""
    known: Live | None = running.extras.get("board")
    if known is None:

        async def read() -> Mapping[UUID, Shown]:
            return await _read(running.store.pool, running.store.settings.deadlines)

        def draw(language: str, request: UUID, shown: Shown) -> str:
            now = running.clock.now()
            return PAGES.part(language, "card.html", key=request, card=shown, now=now)

        known = running.extras["board"] = Live(running, read, draw)
    return known


async def _read(pool: asyncpg.Pool, policy: Policy) -> Mapping[UUID, Shown]:
    return {row["request"]: _shown(dict(row), policy) for row in await pool.fetch(_BOARD)}


def _shown(row: Mapping[str, Any], policy: Policy) -> Shown:
    place = _place(row)
    due = _due(row, place, policy)
    facts = {
        "version": row["version"],
        "state": row["state"],
        "urgency": row["urgency"],
        "zh": row["zh"] or row["service"],
        "en": row["en"] or row["service"],
        "name": row["name"] or "",
        "address": row["address"] or "",
        "lives_in": row["lives_in"] or "",
        "helper": row["helper"] or "",
        "asked": tuple(row["asked"] or ()),
        "due": due,
        "level": row["level"] or "",
        "funds": due is None and any(one["for"] and "end" not in one for one in _pauses(row)),
    }
    whose = frozenset({row["community"]} - {None})
    return Shown(whose, place, due.isoformat() if due else NEVER, facts)


def _place(row: Mapping[str, Any]) -> str:
    if row["state"] == "Offering":
        return "offered"
    if row["state"] != "Assigned":
        return "unmatched"
    return BEHIND_ASSIGNED.get(row["course"], "assigned")


def _due(row: Mapping[str, Any], place: str, policy: Policy) -> datetime | None:
    """What runs out next: the time to find somebody, an offer, the visit's begin and end, the callback."""
    due: datetime | None = None
    match place:
        case "offered":
            due = row["expires"]
        case "assigned":
            due = row["starts"]
        case "begun":
            due = row["ends"]
        case "callback":
            due = _deadline(row, Stage.CALLBACK, row["since"], policy)
        case _ if row["state"] != "Held":
            due = _deadline(row, Stage.MATCHED, row["opened"] or row["asked_for"], policy)
    return due


def _pauses(row: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """When its clock stood or stands; `for` is the funding case that is decided on, empty for a hold."""
    found: Sequence[Mapping[str, str]] = orjson.loads(row["pauses"] or "[]")
    return found


def _deadline(row: Mapping[str, Any], stage: Stage, start: datetime, policy: Policy) -> datetime | None:
    pauses = [Pause(datetime.fromisoformat(one["begin"]), _time(one.get("end")), "") for one in _pauses(row)]
    wanted, extensions = row["wanted_start"], min(row["extensions"] or 0, policy.extensions)
    try:
        return reckon(policy, row["urgency"], stage, start, pauses, wanted, row["service"], extensions).due
    except (NoDeadlineError, NoSlotError, SlotNotExtendedError):
        return None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
