"""What rebalancings' streams show: the header, a row a community, and a row a move."""

from typing import Any

from services.matching.domain.rebalancing import STATES
from services.matching.views_helpers import as_json
from shared.bus.recorded import Recorded
from shared.eventstore.tables import Tables


async def show_rebalancing(db: Tables, recorded: Recorded) -> None:
    """What was proposed, as a whole."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO rebalancings (rebalancing, version, at, citywide, budget, pairing_metres, communities,"
        " members, moves, shortage, shortage_after, cost, nearest_after, nearest_cost, digest)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        event.rebalancing,
        recorded.envelope.stream_version,
        event.at,
        event.citywide,
        event.budget,
        event.pairing_metres,
        event.communities,
        event.members,
        event.moves,
        event.shortage,
        event.shortage_after,
        event.cost,
        event.nearest_after,
        event.nearest_cost,
        event.digest,
    )


async def show_reckoned(db: Tables, recorded: Recorded) -> None:
    """A community's weight, and whom it has and should have."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO rebalancing_communities (rebalancing, community, cadres, hardships, weight, centre,"
        " shares) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        event.rebalancing,
        event.community,
        event.cadres,
        event.hardships,
        event.weight,
        as_json(event.centre),
        as_json(event.shares),
    )
    await _show_version(db, recorded)


async def show_move(db: Tables, recorded: Recorded) -> None:
    """Who should go where."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO rebalancing_moves (rebalancing, helper, association, source, destination, lacked, lacks,"
        " source_metres, metres, pairings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        event.rebalancing,
        event.helper,
        event.association,
        event.source,
        event.destination,
        event.before,
        event.after,
        event.source_metres,
        event.metres,
        list(event.pairings),
    )
    await _show_version(db, recorded)


async def show_state(db: Tables, recorded: Recorded) -> None:
    """How far the move is, what was said, and which pairings end with it."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE rebalancing_moves SET state = $3, note = $4, ending = coalesce($5, ending)"
        " WHERE rebalancing = $1 AND helper = $2",
        event.rebalancing,
        event.helper,
        STATES[type(event)].value,
        getattr(event, "reason", "") or getattr(event, "note", ""),
        getattr(event, "ending", None),
    )
    await _show_version(db, recorded)


async def _show_version(db: Tables, recorded: Recorded) -> None:
    event: Any = recorded.event
    await db.execute(
        "UPDATE rebalancings SET version = $2 WHERE rebalancing = $1",
        event.rebalancing,
        recorded.envelope.stream_version,
    )
