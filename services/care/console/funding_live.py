"""Which funding cases move, told to whoever looks: a page then asks again for what it shows.

Who may take a step, and whose turn it is, differs from reader to reader and is told by the lists themselves.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.care.api.funding_lists import scope
from shared.console.live import Live, Scope, Shown
from shared.console.session import Visit, VisitContext
from shared.console.stream import Stream
from shared.service import Running

router = APIRouter()
_ALL = "cases"
_LATELY = timedelta(hours=1)
"""An ended case may still be changed: that is looked for in those that were."""
_CASES = (
    "SELECT f.funding, f.version, f.cadre, f.helper, nullif(f.unit, '') AS unit, p.name,"
    " coalesce(p.community, f.community) AS community"
    " FROM fundings f LEFT JOIN people p USING (cadre) WHERE f.step <> '' OR f.changed > $1"
)


@router.get("/fundings/stream")
async def stream(visit: Visit, mark: str = "") -> Response:
    """Which cases have changed since `mark`, as they change."""
    within, cases = _scope(visit), cases_of(visit.running)
    await cases.begin()
    return Stream(cases, visit, within, mark)


async def mark_of(running: Running) -> str:
    """Where the stream begins for a page that is read from now on."""
    cases = cases_of(running)
    await cases.begin()
    return cases.mark


def cases_of(running: Running) -> Live:
    """The cases that go on, as this process knows them."""
    known: Live | None = running.extras.get("cases")
    if known is None:

        async def read() -> Mapping[UUID, Shown]:
            rows = await running.store.pool.fetch(_CASES, running.clock.now() - _LATELY)
            return {row["funding"]: _shown(dict(row)) for row in rows}

        known = running.extras["cases"] = Live(running, read, _drawn)
    return known


def _shown(row: Mapping[str, Any]) -> Shown:
    whose = frozenset(row[name] for name in ("community", "cadre", "helper", "unit")) - {None}
    return Shown(whose, _ALL, "", {"version": row["version"], "name": row["name"]})


def _drawn(_: str, funding: UUID, shown: Shown) -> str:
    return f'<data id="card-{funding}" value="{shown.facts["version"]}"></data>'


def _scope(visit: VisitContext) -> Scope:
    communities, own, *mine = scope(visit.reading)
    if own:
        return frozenset(one for one in mine if one)
    return None if communities is None else frozenset(communities)
