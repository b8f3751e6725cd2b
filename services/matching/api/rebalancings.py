"""Rebalancing: members shared out anew over communities, decided move by move, by consent, and back again."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.matching.domain.rebalancing import (
    REBALANCING,
    AcceptMoves,
    Answer,
    ConsentToMove,
    DeclineMove,
    DropMoves,
    Many,
    Move,
    Rebalancing,
    UndoMoves,
    named,
)
from services.matching.rebalancing import best_moves, make, undo, verify
from shared.contracts.command import Command
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown
from shared.roles import Resource

router = APIRouter(tags=["rebalancing"])
MOST_MOVES, FARTHEST = 2_000, 100_000


class MakeRebalancing(Command):
    """Share the associations' members out anew, with at most so many moves.

    Each live pairing of a member makes a move dearer by `pairing_metres`: who goes, never how many.
    """

    budget: Annotated[int, Field(ge=0, le=MOST_MOVES)] = 20
    pairing_metres: Annotated[int, Field(ge=0, le=FARTHEST)] = 1_000


@router.post("/rebalancings", status_code=201)
async def propose(body: MakeRebalancing, call: Call) -> Response:
    """The best moves of now, in the caller's communities."""
    rebalancing = call.new_id()
    own = call.principal.communities

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(body, Resource(community=min(own) if own else None))
        await work.execute(
            REBALANCING,
            rebalancing,
            await best_moves(work, rebalancing, body.budget, body.pairing_metres, own),
        )
        return REBALANCING, rebalancing

    return await call.perform(body, do, status=201)


@router.post("/rebalancings/{rebalancing}/accept")
async def accept(rebalancing: UUID, body: AcceptMoves, call: Call) -> Response:
    """Ask these members; all that are undecided, without any. Pairings survive unless named in `ending`."""
    return await _decide(rebalancing, call, body)


@router.post("/rebalancings/{rebalancing}/drop")
async def drop(rebalancing: UUID, body: DropMoves, call: Call) -> Response:
    """These members stay; all that haven't answered, without any."""
    return await _decide(rebalancing, call, body)


@router.post("/rebalancings/{rebalancing}/undo")
async def undo_moves(rebalancing: UUID, body: UndoMoves, call: Call) -> Response:
    """Back again; all that have moved, without any. Pairings that ended with a move begin anew."""
    return await _decide(rebalancing, call, body)


async def _decide(rebalancing: UUID, call: CallContext, body: Many) -> Response:
    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state = await _known(work, rebalancing)
        helpers = named(state, body)
        for helper in helpers:
            _permit(call, body, state, helper)
        await call.check_version(work, REBALANCING, rebalancing)
        await work.execute(REBALANCING, rebalancing, body.model_copy(update={"helpers": helpers}))
        if isinstance(body, UndoMoves):
            for helper in helpers:
                await undo(work, helper, state.moves[helper])
        return REBALANCING, rebalancing

    return await call.perform(body, do, rebalancing)


@router.post("/rebalancings/{rebalancing}/consent")
async def consent(rebalancing: UUID, body: ConsentToMove, call: Call) -> Response:
    """The member agrees and serves the new community from now on."""
    return await _answer(rebalancing, call, body)


@router.post("/rebalancings/{rebalancing}/decline")
async def decline(rebalancing: UUID, body: DeclineMove, call: Call) -> Response:
    """The member wants to stay."""
    return await _answer(rebalancing, call, body)


async def _answer(rebalancing: UUID, call: CallContext, body: Answer) -> Response:
    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state = await _known(work, rebalancing)
        move = _permit(call, body, state, body.helper)
        await call.check_version(work, REBALANCING, rebalancing)
        await work.execute(REBALANCING, rebalancing, body)
        if isinstance(body, ConsentToMove):
            await make(work, body.helper, move)
        return REBALANCING, rebalancing

    return await call.perform(body, do, rebalancing)


async def _known(work: Work, rebalancing: UUID) -> Rebalancing:
    state = await work.load(REBALANCING, rebalancing)
    if state is None:
        raise UnknownError(what="rebalancing")
    return state


def _permit(call: CallContext, body: Many | Answer, state: Rebalancing, helper: UUID) -> Move:
    """Who decides a move answers for either of its communities."""
    move = state.moves.get(helper)
    if move is None:
        raise UnknownError(what="move")
    own = call.principal.communities or frozenset()
    community = move.source if move.source in own else move.destination
    call.permit(body, Resource(community=community, helpers=frozenset({helper})))
    return move


@router.get("/rebalancings")
async def list_rebalancings(
    reading: Reading, limit: Limit = 50, cursor: Cursor = None
) -> Page[dict[str, Any]]:
    """Rebalancings, the newest first, each beside what the nearest moves and doing nothing would reach."""
    reading.reach("read_rebalancings")
    at, last = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(
        "SELECT r.*, (SELECT jsonb_object_agg(state, moves) FROM (SELECT state, count(*) AS moves"
        " FROM rebalancing_moves m WHERE m.rebalancing = r.rebalancing GROUP BY state) s) AS states"
        " FROM rebalancings r WHERE $1::timestamptz IS NULL OR (at, rebalancing) < ($1, $2::uuid)"
        " ORDER BY at DESC, rebalancing DESC LIMIT $3",
        at,
        last,
        limit + 1,
    )
    return page([shown(row, "states") for row in rows], limit, "at", "rebalancing")


@router.get("/rebalancings/{rebalancing}")
async def get_rebalancing(rebalancing: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One: its communities, and the moves from or to the caller's, each with what it gains."""
    communities = reading.communities("read_rebalancings")
    row = await reading.pool.fetchrow("SELECT * FROM rebalancings WHERE rebalancing = $1", rebalancing)
    if row is None:
        raise UnknownError(what="rebalancing")
    response.headers["ETag"] = f'"{row["version"]}"'
    reckoned = await reading.pool.fetch(
        "SELECT o.community, n.name, cadres, hardships, weight, o.centre, shares"
        " FROM rebalancing_communities o LEFT JOIN communities n USING (community)"
        " WHERE rebalancing = $1 ORDER BY weight DESC, o.community",
        rebalancing,
    )
    moves = await reading.pool.fetch(
        "SELECT m.helper, h.name AS helper_name, h.phone AS helper_phone, m.association, m.source,"
        " m.destination, m.lacked, m.lacks, m.lacked - m.lacks AS gain, m.source_metres, m.metres,"
        " m.pairings, m.ending, m.state, m.note"
        " FROM rebalancing_moves m LEFT JOIN helpers h USING (helper) WHERE m.rebalancing = $1"
        " AND ($2::uuid[] IS NULL OR m.source = ANY ($2) OR m.destination = ANY ($2))"
        " ORDER BY m.association, m.destination, m.helper",
        rebalancing,
        communities,
    )
    return {
        **dict(row),
        "reckoned": _shown(reckoned, "centre", "shares"),
        "proposed": _shown(moves),
    }


def _shown(rows: Sequence[Any], *names: str) -> list[dict[str, Any]]:
    return [shown(row, *names) for row in rows]


@router.get("/rebalancings/{rebalancing}/verify")
async def verify_rebalancing(rebalancing: UUID, reading: Reading) -> dict[str, Any]:
    """The proposal made again from what was known then: whether the same comes out."""
    reading.reach("read_rebalancings")
    return await verify(reading.running.store, rebalancing)
