"""From open matches to a plan: what it is made from, the decision, and the same made again."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from uuid import UUID

from services.matching.arranging import enquiry_of, latest_end
from services.matching.deciding import decide
from services.matching.domain.match import MATCH
from services.matching.domain.match_rounds import Facts, Opened
from services.matching.domain.plan import Propose
from services.matching.domain.plan_states import Pair, Two, Visit
from services.matching.domain.week import DAY, day_of, moment
from services.matching.engine import RULES
from services.matching.engine.planning import MODEL, Decision, Planned, Planning
from services.matching.engine.visits import edges_of
from services.matching.index import HelperIndex, Snapshot, index_of
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work

TRIES = 3
"""So often an index that goes on while a plan is made of it is taken anew; then one of its own is built."""
SECONDS = 30.0
"""So long the best plan is looked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit to plan: the match as it stood at a version."""

    request: UUID
    version: int
    facts: Facts

    @property
    def visit(self) -> Visit:
        """As a plan names it."""
        need = self.facts.need
        return Visit(
            request=self.request, cadre=need.cadre, community=need.community, match_version=self.version
        )


def next_plan(at: datetime, settings_at: timedelta) -> datetime:
    """The next time of day at which a plan is made, UTC."""
    minute = settings_at // timedelta(minutes=1)
    today = moment(day_of(at), minute)
    return today if today > at else moment(day_of(at) + DAY, minute)


async def open_matches(work: Work, requests: Collection[UUID]) -> list[Asked]:
    """Those of these that have nobody and ask nobody."""
    found = []
    for request in sorted(requests):
        match = await work.load(MATCH, request)
        if isinstance(match, Opened):
            found.append(Asked(request, await work.version(MATCH, request), match.facts))
    return found


async def plan(
    work: Work, asked: Sequence[Asked], pinned: Collection[Two] = (), forbidden: Collection[Two] = ()
) -> Propose:
    """The best plan of now for these visits, to be recorded."""
    latest = [latest_end(work.settings.deadlines, one.facts.need, work.at) for one in asked]
    snapshot, planning = await _laid_out(work.store, asked, work.at, latest, pinned, forbidden)
    decision = await _decided(planning)
    return Propose(
        day=day_of(work.at),
        at=work.at,
        **snapshot.position._asdict(),
        rules_version=RULES,
        weights_version=snapshot.engine.version,
        model_version=MODEL,
        gap=decision.gap,
        prices=decision.prices,
        lacking=decision.lacking,
        digest=decision.digest,
        decided=tuple(
            (one.visit, _pair(planning, decision.planned.get(one.request)))
            for one in sorted(asked, key=lambda one: one.request)
        ),
    )


def _pair(planning: Planning, planned: Planned | None) -> Pair | None:
    if planned is None:
        return None
    facts = planning.files[planned.row].facts
    told = {name: getattr(planned, name) for name in Pair.model_fields if not name.startswith("helper")}
    return Pair(helper=facts.helper, helper_kind=facts.kind, **told)


async def _laid_out(
    store: EventStore,
    asked: Sequence[Asked],
    at: datetime,
    latest: Sequence[datetime],
    pinned: Collection[Two],
    forbidden: Collection[Two],
) -> tuple[Snapshot, Planning]:
    """Of one state of the index, though others may work between two visits."""
    index = index_of(store)
    for _ in range(TRIES):
        snapshot = await index.fresh(store)
        planning = await _planning(snapshot, asked, at, latest, pinned, forbidden)
        if index.position == snapshot.position:
            return snapshot, planning
    snapshot = await HelperIndex.at(store, index.position)
    return snapshot, await _planning(snapshot, asked, at, latest, pinned, forbidden)


async def _planning(
    snapshot: Snapshot,
    asked: Sequence[Asked],
    at: datetime,
    latest: Sequence[datetime],
    pinned: Collection[Two],
    forbidden: Collection[Two],
) -> Planning:
    files, enquiries, edges = tuple(snapshot.roster), {}, {}
    for one, until in zip(asked, latest, strict=True):
        enquiry = enquiry_of(one.facts, one.facts.side, at, until, snapshot.prices)
        enquiries[one.request] = enquiry
        edges[one.request] = edges_of(enquiry, snapshot.roster, snapshot.engine)
        await asyncio.sleep(0)
    return Planning(files, enquiries, edges, pinned, forbidden)


async def _decided(planning: Planning) -> Decision:
    await asyncio.to_thread(import_module, "scipy.sparse.csgraph")
    while True:
        laid = planning.problem()
        decision = planning.decided(laid, await decide(laid.problem, SECONDS))
        if decision is not None:
            return decision
