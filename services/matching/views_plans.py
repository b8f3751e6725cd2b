"""What plans' streams show: the header of the last revision, and a row a visit."""

from typing import Any

from services.matching.views_helpers import as_json
from shared.bus.recorded import Recorded
from shared.eventstore.tables import Tables


async def show_plan(db: Tables, recorded: Recorded) -> None:
    """A plan, or a revision of it."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO plans (plan, version, state, day, revision, at, weights_version, visits, unplanned,"
        " score, gap, prices, lacking, digest)"
        " VALUES ($1, $2, 'Proposed', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " ON CONFLICT (plan) DO UPDATE SET version = excluded.version, revision = excluded.revision,"
        " at = excluded.at, weights_version = excluded.weights_version, visits = excluded.visits,"
        " unplanned = excluded.unplanned, score = excluded.score, gap = excluded.gap,"
        " prices = excluded.prices, lacking = excluded.lacking, digest = excluded.digest",
        event.plan,
        recorded.envelope.stream_version,
        event.day,
        event.revision,
        event.at,
        event.weights_version,
        event.visits,
        event.unplanned,
        event.score,
        event.gap,
        as_json(event.prices),
        as_json(event.lacking),
        event.digest,
    )


async def show_pair(db: Tables, recorded: Recorded) -> None:
    """Who is planned for a visit; nobody for some."""
    event: Any = recorded.event
    slot = getattr(event, "slot", None)
    await db.execute(
        "INSERT INTO plan_visits (plan, request, cadre, community, helper, starts, ends, score)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (plan, request) DO UPDATE SET"
        " helper = excluded.helper, starts = excluded.starts, ends = excluded.ends, score = excluded.score",
        event.plan,
        event.request,
        event.cadre,
        event.community,
        getattr(event, "helper", None),
        slot and slot.start,
        slot and slot.end,
        getattr(event, "score", None),
    )
    await _show_version(db, recorded)


async def show_wish_of(db: Tables, recorded: Recorded) -> None:
    """Pinned, forbidden, or neither any more."""
    event: Any = recorded.event
    two = event.plan, event.request, event.helper
    await db.execute("DELETE FROM plan_wishes WHERE plan = $1 AND request = $2 AND helper = $3", *two)
    kind = WISHES.get(event.NAME)
    if kind:
        await db.execute("INSERT INTO plan_wishes VALUES ($1, $2, $3, $4)", *two, kind)
    await _show_version(db, recorded)


WISHES = {"matching.PairPinned": "pinned", "matching.PairForbidden": "forbidden"}
STATES = {"matching.PairAccepted": "Accepted", "matching.VisitReturned": "Returned"}


async def show_decided(db: Tables, recorded: Recorded) -> None:
    """Accepted, or to be matched alone."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE plan_visits SET state = $3 WHERE plan = $1 AND request = $2",
        event.plan,
        event.request,
        STATES[event.NAME],
    )
    await _show_version(db, recorded)


async def show_plan_closed(db: Tables, recorded: Recorded) -> None:
    """Every visit is decided."""
    event: Any = recorded.event
    await db.execute("UPDATE plans SET state = 'Closed' WHERE plan = $1", event.plan)
    await _show_version(db, recorded)


async def _show_version(db: Tables, recorded: Recorded) -> None:
    event: Any = recorded.event
    await db.execute(
        "UPDATE plans SET version = $2 WHERE plan = $1", event.plan, recorded.envelope.stream_version
    )
