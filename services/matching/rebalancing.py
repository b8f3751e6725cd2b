"""From registers to a rebalancing: the best moves, the same made again, and moves made and undone."""

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

import orjson

from services.matching.apart import solved_apart
from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import AllocateHelper
from services.matching.domain.helper_file import Helper, Left
from services.matching.domain.pairing import PAIRING, Bind, Live, Pairing, Unbind, pairing_of
from services.matching.domain.rebalancing import REBALANCING, Move, ProposeRebalancing
from services.matching.engine import balancing
from services.matching.engine.balancing import City, Proposal, propose
from services.matching.engine.balancing.packing import question, read
from services.matching.engine.values import HelperFile
from services.matching.index import HelperIndex, index_of
from services.matching.planning import ModelUnknownError
from services.matching.reckoning import Reckoned, city_of, reckon, told
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.errors import RefusedError, UnknownError
from shared.eventstore.position import Position
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work

MODEL = "transport-1"
SOON = 20_000
"""So many members times communities are shared out within some milliseconds."""
SECONDS = 60.0


class MemberGoneError(RefusedError):
    """Helper {helper} is no longer where this move begins. Name the others, or make a new rebalancing."""

    zh = "服务者 {helper} 已不在该调整的起点。请只选其他人，或重新生成方案。"


async def best_moves(
    work: Work, rebalancing: UUID, budget: int, pairing_metres: int, communities: Collection[UUID] | None
) -> ProposeRebalancing:
    """The best moves of now among these communities, or in the whole city, to be recorded."""
    reckoned = await reckon(work, communities)
    snapshot = await index_of(work.store).fresh(work.store)
    files = tuple(snapshot.roster)
    city = await asyncio.to_thread(city_of, reckoned, files, pairing_metres, citywide=communities is None)
    proposal = await _proposed(city, budget, rebalancing)
    best, nearest = proposal.best, proposal.greedy
    events = told(rebalancing, reckoned, city)
    moves = _told(rebalancing, best.moves, files)
    header = m.RebalancingProposed(
        rebalancing=rebalancing,
        at=work.at,
        **snapshot.position._asdict(),
        model_version=MODEL,
        citywide=communities is None,
        budget=budget,
        pairing_metres=pairing_metres,
        communities=len(events),
        members=len(city.members),
        moves=len(moves),
        shortage=best.before,
        shortage_after=best.after,
        cost=best.cost,
        nearest_after=nearest.after,
        nearest_cost=nearest.cost,
        digest=_digest([*events, *moves]),
    )
    return ProposeRebalancing(proposed=header, communities=tuple(events), moves=tuple(moves))


async def verify(store: EventStore, rebalancing: UUID) -> dict[str, Any]:
    """The proposal made again from what was known then: whether the same comes out. ModelUnknownError."""
    past = await store.read_stream(REBALANCING.stream(rebalancing))
    events: list[Any] = [recorded.event for recorded in past]
    if not events:
        raise UnknownError(what="rebalancing")
    header: m.RebalancingProposed = events[0]
    if header.model_version != MODEL:
        raise ModelUnknownError(model=header.model_version)
    reckoned = [
        Reckoned(one.community, one.cadres, one.hardships, one.centre)
        for one in events
        if isinstance(one, m.CommunityReckoned)
    ]
    snapshot = await HelperIndex.at(store, Position(header.epoch, header.xid, header.seq))
    files, metres = tuple(snapshot.roster), header.pairing_metres
    city = await asyncio.to_thread(city_of, reckoned, files, metres, citywide=header.citywide)
    best = (await _proposed(city, header.budget, rebalancing)).best
    again = _told(rebalancing, best.moves, files)
    digest = _digest([*told(rebalancing, reckoned, city), *again])
    return {
        "rebalancing": rebalancing,
        "same": digest == header.digest,
        "digest": header.digest,
        "digest_again": digest,
        "moves": header.moves,
        "moves_again": len(again),
        "shortage_after": header.shortage_after,
        "shortage_again": best.after,
    }


async def make(work: Work, helper: UUID, move: Move) -> None:
    """The member serves the new community, and the pairings end that end with the move.

    MemberGoneError when the member is no longer where the move begins.
    """
    await _allocate(work, helper, move.association, move.source, move.destination)
    for pairing in move.ending:
        await work.execute(PAIRING, pairing, Unbind(reason="moved to another community"))


async def undo(work: Work, helper: UUID, move: Move) -> None:
    """Back again; pairings that ended with the move begin anew, unless the cadre has died meanwhile.

    MemberGoneError when the member is no longer where the move ended.
    """
    await _allocate(work, helper, move.association, move.destination, move.source)
    for pairing in move.ending:
        known: Pairing | None = await work.load(PAIRING, pairing)
        if known is None or isinstance(known, Live):
            continue
        facts = known.facts
        deceased = await work.db.fetchval("SELECT deceased FROM cadres WHERE cadre = $1", facts.cadre)
        if not deceased:
            bond = Bind(helper=facts.helper, cadre=facts.cadre, community=facts.community)
            await work.execute(PAIRING, pairing, bond)


async def _allocate(
    work: Work, helper: UUID, association: str, source: UUID | None, destination: UUID | None
) -> None:
    known: Helper | None = await work.load(HELPER, helper)
    if known is None or isinstance(known, Left):
        raise MemberGoneError(helper=helper)
    facts = known.facts
    if facts.association != association or facts.community not in {source, destination}:
        raise MemberGoneError(helper=helper)
    if facts.community != destination:
        await work.execute(HELPER, helper, AllocateHelper(community=destination, association=association))


async def _proposed(city: City, budget: int, key: UUID) -> Proposal:
    if len(city.members) * len(city.communities) <= SOON:
        await asyncio.to_thread(import_module, "scipy.optimize")
        return propose(city, budget, key)
    asked = await asyncio.to_thread(question, city, budget, key)
    return read(await solved_apart(balancing.__name__, asked, SECONDS))


def _told(
    rebalancing: UUID, moves: Iterable[balancing.Move], files: Iterable[HelperFile]
) -> list[m.MoveProposed]:
    """As events, with the live pairings of who moves."""
    theirs = {move.member: move for move in moves if move.destination is not None}
    paired = {file.helper: file.paired for file in files if file.helper in theirs}
    return [
        m.MoveProposed(
            rebalancing=rebalancing,
            helper=helper,
            association=move.association,
            source=move.source,
            destination=move.destination,
            before=move.before,
            after=move.after,
            source_metres=move.old,
            metres=move.new,
            pairings=tuple(sorted(pairing_of(helper, cadre) for cadre in paired[helper])),
        )
        for helper, move in theirs.items()
    ]


def _digest(events: Sequence[Event]) -> str:
    lines = (orjson.dumps(one.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS) for one in events)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
