"""What matches' streams show: where each stands, its last ranking, its offers."""

from typing import Any

import orjson

from shared.bus.recorded import Recorded
from shared.contracts import matching as m
from shared.eventstore.tables import Tables
from shared.eventstore.views import update

PRESSING = {"rescue": 0, "urgent": 1, "routine": 2, "scheduled": 3}


async def show_opened(db: Tables, recorded: Recorded) -> None:
    """A new match, or the need anew."""
    event: Any = recorded.event
    slot = event.slot
    await db.execute(
        "INSERT INTO matches (request, version, state, cadre, community, service, urgency, pressing, round,"
        " minutes, wanted_start, wanted_end, since, opened)"
        " VALUES ($1, $2, 'Opened', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)"
        " ON CONFLICT (request) DO UPDATE SET version = excluded.version, state = 'Opened',"
        " community = excluded.community, service = excluded.service, urgency = excluded.urgency,"
        " pressing = excluded.pressing, round = excluded.round, minutes = excluded.minutes,"
        " wanted_start = excluded.wanted_start, wanted_end = excluded.wanted_end, since = excluded.since",
        event.request,
        recorded.envelope.stream_version,
        event.cadre,
        event.community,
        event.service,
        event.urgency,
        PRESSING[event.urgency],
        event.round,
        event.minutes,
        slot.start if slot else None,
        slot.end if slot else None,
        recorded.envelope.happened,
    )


async def _moved_on(
    db: Tables, recorded: Recorded, state: str, reason: str = "", /, **columns: object
) -> None:
    event: Any = recorded.event
    moved = {"state": state, "reason": reason, "since": recorded.envelope.happened}
    await update(db, recorded, "matches", "request", event.request, **moved, **columns)


async def show_ranked(db: Tables, recorded: Recorded) -> None:
    """The last ranking as it was recorded, without the cadre's side."""
    event: Any = recorded.event
    shown = event.model_dump(mode="json", exclude={"request", "cadre", "side"})
    await db.execute(
        "UPDATE matches SET version = $2, ranking = $3, ranking_version = $2,"
        " state = CASE state WHEN 'Held' THEN 'Opened' ELSE state END WHERE request = $1",
        event.request,
        recorded.envelope.stream_version,
        orjson.dumps(shown).decode(),
    )


async def show_offer(db: Tables, recorded: Recorded) -> None:
    """Somebody is asked."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO offers (offer, request, cadre, helper, round, rank, parallel, state, starts, ends, made,"
        " expires, metres, placed) SELECT $1, $2, $3, $4, r.round, $5, $6, 'Open', $7, $8, $9, $10, (SELECT"
        " (one ->> 'metres')::int FROM jsonb_array_elements(r.ranking -> 'ranked') AS one"
        " WHERE one ->> 'helper' = $11), $12 FROM matches r WHERE r.request = $2",
        event.offer,
        event.request,
        event.cadre,
        event.helper,
        event.rank,
        event.parallel,
        event.slot.start,
        event.slot.end,
        recorded.envelope.happened,
        event.expires,
        str(event.helper),
        recorded.envelope.stream_version,
    )
    await _moved_on(db, recorded, "Offering")


OUTCOMES = {
    m.OfferAccepted: "Accepted",
    m.OfferDeclined: "Declined",
    m.OfferExpired: "Expired",
    m.OfferRevoked: "Revoked",
}


async def show_outcome(db: Tables, recorded: Recorded) -> None:
    """What became of an offer; when it was the last open one, nobody is asked any more."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE offers SET state = $2, reason = $3 WHERE offer = $1",
        event.offer,
        OUTCOMES[type(recorded.event)],
        getattr(event, "reason", ""),
    )
    await db.execute(
        "UPDATE matches SET version = $2, state = CASE WHEN state = 'Offering' AND NOT EXISTS"
        " (SELECT FROM offers o WHERE o.request = $1 AND o.state = 'Open') THEN 'Opened' ELSE state END"
        " WHERE request = $1",
        event.request,
        recorded.envelope.stream_version,
    )


async def show_assigned(db: Tables, recorded: Recorded) -> None:
    """Who has it."""
    event: Any = recorded.event
    moved = await db.fetchrow("SELECT starts, ends FROM moves WHERE booking = $1", event.booking)
    starts, ends = moved or (event.slot.start, event.slot.end)
    who = {"helper": event.helper, "booking": event.booking}
    await _moved_on(db, recorded, "Assigned", **who, starts=starts, ends=ends)
    await db.execute(
        "UPDATE offers o SET starts = $3, ends = $4, booking = $5 FROM matches m WHERE m.request = $1"
        " AND o.request = $1 AND o.helper = $2 AND o.round = m.round AND o.state = 'Accepted'",
        event.request,
        event.helper,
        starts,
        ends,
        event.booking,
    )


async def show_match_booking_moved(db: Tables, recorded: Recorded) -> None:
    """The visit's new time; the helper's stream tells it, so it may be known before who is assigned."""
    event: Any = recorded.event
    moved = event.booking, event.slot.start, event.slot.end
    await db.execute(
        "INSERT INTO moves (booking, starts, ends) VALUES ($1, $2, $3) ON CONFLICT (booking)"
        " DO UPDATE SET starts = excluded.starts, ends = excluded.ends",
        *moved,
    )
    for table in ("matches", "offers"):
        sql = f"UPDATE {table} SET starts = $2, ends = $3 WHERE booking = $1"  # noqa: S608  our own names
        await db.execute(sql, *moved)


NOBODY = dict.fromkeys(("helper", "booking", "starts", "ends"))


async def show_unassigned(db: Tables, recorded: Recorded) -> None:
    """Nobody has it."""
    await _moved_on(db, recorded, "Opened", **NOBODY)


async def show_exhausted(db: Tables, recorded: Recorded) -> None:
    """Nobody is left to ask."""
    await _moved_on(db, recorded, "Exhausted")


async def show_reopened(db: Tables, recorded: Recorded) -> None:
    """A new round."""
    event: Any = recorded.event
    begun = {"round": event.round, "community": event.community}
    await _moved_on(db, recorded, "Opened", event.reason, **begun, **NOBODY)


async def show_held(db: Tables, recorded: Recorded) -> None:
    """It waits."""
    await _moved_on(db, recorded, "Held")


async def show_closed(db: Tables, recorded: Recorded) -> None:
    """Nobody is needed."""
    event: Any = recorded.event
    await _moved_on(db, recorded, "Closed", event.reason)
