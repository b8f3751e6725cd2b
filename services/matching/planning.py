"""From open matches to a plan: what it is made from, the decision, and the same made again."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from services.matching.arranging import engine_of, enquiry_of, latest_end
from services.matching.deciding import decide
from services.matching.domain.match import MATCH
from services.matching.domain.match_rounds import Match, Opened
from services.matching.domain.plan import PLAN, Propose
from services.matching.domain.plan_states import Facts, Pair, Two, Visit
from services.matching.domain.week import day_of
from services.matching.engine import RULES, Engine, Enquiry
from services.matching.engine.planning import MODEL, Decision, Planned, Planning
from services.matching.engine.visits import edges_of
from services.matching.index import HelperIndex, Snapshot, index_of
from shared.contracts import matching as m
from shared.errors import RefusedError, UnknownError
from shared.eventstore.position import Position
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work

TRIES = 3
"""So often an index that goes on while a plan is made of it is taken anew; then one of its own is built."""
SECONDS = 30.0
"""So long the best plan is looked for."""


class ModelUnknownError(RefusedError):
    """This plan was made by the model {model}, which this program doesn't have."""

    zh = "这份计划用的模型 {model}，本程序没有。"


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit to plan, and the match that asks for it."""

    visit: Visit
    match: Match


async def open_visits(work: Work, requests: Collection[UUID]) -> list[Asked]:
    """Those of these requests that have nobody and ask nobody, in order."""
    found = []
    for request in sorted(set(requests)):
        match = await work.load(MATCH, request)
        if isinstance(match, Opened):
            need = match.facts.need
            visit = Visit(
                request=request,
                cadre=need.cadre,
                community=need.community,
                match_version=await work.version(MATCH, request),
                latest=latest_end(work.settings.deadlines, need, work.at),
            )
            found.append(Asked(visit, match))
    return found


async def best_plan(work: Work, asked: Sequence[Asked], facts: Facts | None = None) -> Propose:
    """For these visits now, to be recorded; with what was pinned and forbidden."""
    snapshot, planning = await _laid_out(work.store, asked, work.at, facts)
    decision = await _decided(planning)
    return await asyncio.to_thread(_proposal, asked, work.at, snapshot, decision)


def _proposal(asked: Sequence[Asked], at: datetime, snapshot: Snapshot, decision: Decision) -> Propose:
    """All of it; for many visits it takes a while."""
    planning = decision.planning
    return Propose(
        day=day_of(at),
        at=at,
        **snapshot.position._asdict(),
        rules_version=RULES,
        weights_version=snapshot.engine.version,
        model_version=MODEL,
        gap=decision.gap,
        prices=decision.prices,
        lacking=decision.lacking,
        digest=decision.digest,
        bits=decision.bits,
        decided=tuple((one.visit, _pair(planning, decision.planned.get(one.visit.request))) for one in asked),
    )


async def verify(store: EventStore, plan: UUID) -> dict[str, Any]:
    """The last revision of a plan made again from what was known then: whether the same comes out.

    To the last price; `faults` are what its proof lacks. ModelUnknownError, EngineUnknownError when this
    program can't tell.
    """
    events: list[Any] = [recorded.event for recorded in await store.read_stream(PLAN.stream(plan))]
    places = [place for place, event in enumerate(events) if isinstance(event, m.PlanProposed)]
    if not places:
        raise UnknownError(what="plan")
    header: m.PlanProposed = events[places[-1]]
    if header.model_version != MODEL:
        raise ModelUnknownError(model=header.model_version)
    told = [one for one in events if getattr(one, "revision", None) == header.revision]
    state = PLAN.fold([*events[: places[-1]], *told])
    if state is None:
        raise UnknownError(what="plan")
    facts = state.facts
    asked = [
        Asked(facts.visits[request], await _as_it_was(store, facts.visits[request])) for request in facts.open
    ]
    snapshot = await HelperIndex.at(store, Position(header.epoch, header.xid, header.seq))
    engine = _unpriced(engine_of(header, snapshot))
    decision = await _decided(await _planning(snapshot, asked, header.at, facts, engine))
    again = {request: _pair(decision.planning, decision.planned.get(request)) for request in facts.open}
    different = [request for request in facts.open if facts.pairs[request] != again[request]]
    return {
        "plan": plan,
        "revision": header.revision,
        "same": decision.digest == header.digest and not different,
        "digest": header.digest,
        "digest_again": decision.digest,
        "visits": len(asked),
        "score": header.score,
        "score_again": sum(one.score for one in decision.planned.values()),
        "gap": decision.gap,
        "faults": decision.faults,
        "different": [
            {"request": request, "planned": facts.pairs[request], "again": again[request]}
            for request in different
        ],
    }


async def _as_it_was(store: EventStore, visit: Visit) -> Match:
    """The match at the version that a plan was made from."""
    past = await store.read_stream(MATCH.stream(visit.request))
    match = MATCH.fold([one.event for one in past if one.envelope.stream_version <= visit.match_version])
    if match is None:
        raise UnknownError(what="match")
    return match


def _pair(planning: Planning, planned: Planned | None) -> Pair | None:
    if planned is None:
        return None
    facts = planning.files[planned.row].facts
    told = {name: getattr(planned, name) for name in Pair.model_fields if not name.startswith("helper")}
    return Pair(helper=facts.helper, helper_kind=facts.kind, **told)


async def _laid_out(
    store: EventStore, asked: Sequence[Asked], at: datetime, facts: Facts | None
) -> tuple[Snapshot, Planning]:
    """From one state of the index, though others work between two visits."""
    index = index_of(store)
    for _ in range(TRIES):
        snapshot = await index.fresh(store)
        planning = await _planning(snapshot, asked, at, facts, _unpriced(snapshot.engine))
        if index.position == snapshot.position:
            return snapshot, planning
    snapshot = await HelperIndex.at(store, index.position)
    return snapshot, await _planning(snapshot, asked, at, facts, _unpriced(snapshot.engine))


def _unpriced(engine: Engine) -> Engine:
    """Without what earlier plans paid: what is scarce among these visits, this plan finds itself."""
    return replace(engine, weights=engine.weights.model_copy(update={"scarcity_percent": 0}))


async def _planning(
    snapshot: Snapshot, asked: Sequence[Asked], at: datetime, facts: Facts | None, engine: Engine
) -> Planning:
    pinned: Collection[Two] = facts.pinned if facts else ()
    forbidden: Collection[Two] = facts.forbidden if facts else ()
    files = tuple(snapshot.roster)
    enquiries: dict[UUID, Enquiry] = {}
    edges: dict[UUID, Any] = {}
    for one in asked:
        known = one.match.facts
        enquiry = enquiry_of(known, known.side, at, one.visit.latest, snapshot.prices)
        enquiries[one.visit.request] = enquiry
        edges[one.visit.request] = edges_of(enquiry, snapshot.roster, engine)
        await asyncio.sleep(0)
    return Planning(files, enquiries, edges, pinned, forbidden)


async def _decided(planning: Planning) -> Decision:
    await asyncio.to_thread(import_module, "scipy.sparse.csgraph")
    while True:
        laid = await asyncio.to_thread(planning.problem)
        decision = await asyncio.to_thread(planning.decided, laid, await decide(laid.problem, SECONDS))
        if decision is not None:
            return decision


def told(facts: Facts, before: Facts) -> Mapping[str, Any]:
    """What a change has cost, for who made it."""
    now, old = _helpers(facts), _helpers(before)
    return {
        "revision": facts.revision,
        "score": facts.score,
        "score_before": before.score,
        "unplanned": sum(helper is None for helper in now.values()),
        "changed": [
            {"request": request, "helper": helper, "before": old[request]}
            for request, helper in now.items()
            if helper != old[request]
        ],
    }


def _helpers(facts: Facts) -> dict[str, str | None]:
    pairs = ((request, facts.pairs[request]) for request in facts.open)
    return {str(request): str(pair.helper) if pair else None for request, pair in pairs}
