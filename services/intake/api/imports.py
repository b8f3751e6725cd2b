"""Tables brought in: many files in one transaction, and what is known already."""

import hashlib
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_commands import ImportCadre, cadre_id, natural_keys
from services.intake.domain.cadre_file import Deceased, Merged
from services.intake.domain.community import COMMUNITY, ImportCommunity, community_id
from services.intake.sources import check_community, surviving
from shared.contracts.event import Frozen
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext, Received
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, page
from shared.roles import Resource

MOST = 5_000
"""Items a call, which is one transaction: a few hundred at a time, more only for what must go in whole."""

router = APIRouter(tags=["import"])
Done = tuple[Decider[Any], UUID]


class ImportCommunities(Frozen):
    """Communities as a table's rows tell them."""

    items: tuple[ImportCommunity, ...] = Field(min_length=1, max_length=MOST)


class ImportCadres(Frozen):
    """Cadres as a table's rows tell them, with hardships and guarantors."""

    items: tuple[ImportCadre, ...] = Field(min_length=1, max_length=MOST)


@router.post("/communities/import", response_model=Received)
async def import_communities(command: ImportCommunities, call: Call) -> Response:
    """All or nothing; `found` says of each item whether it was created, changed, or was known already."""
    outcomes: list[dict[str, str]] = []

    async def do(work: Work) -> Done:
        call.permit(command, Resource())
        outcomes.clear()
        for item in command.items:
            community = community_id(item.code)
            known = await work.load(COMMUNITY, community)
            events = await work.execute(COMMUNITY, community, item)
            outcomes.append(_outcome(community, known=known is not None, changed=bool(events)))
        return COMMUNITY, community_id(command.items[-1].code)

    return await call.perform(command, do, found=lambda: outcomes)


@router.post("/cadres/import", response_model=Received)
async def import_cadres(command: ImportCadres, call: Call) -> Response:
    """All or nothing; the dead and the merged are left as they are (`deceased`)."""
    outcomes: list[dict[str, str]] = []

    async def do(work: Work) -> Done:
        call.permit(command, Resource())
        outcomes.clear()
        known = await _known(call, command)
        salt = await work.store.vault.salt()
        for item in command.items:
            await check_community(work, item.community)
            found = known.get(natural_keys(item.details)[0], cadre_id(item.details, salt))
            state = await surviving(work, found)
            cadre = state.file.cadre if state else found
            events = await work.execute(CADRE, cadre, item)
            outcome = _outcome(cadre, known=state is not None, changed=bool(events))
            gone = isinstance(state, Deceased | Merged)
            outcomes.append(outcome | {"outcome": "deceased"} if gone else outcome)
        return CADRE, UUID(outcomes[-1]["id"])

    return await call.perform(command, do, found=lambda: outcomes)


async def _known(call: CallContext, command: ImportCadres) -> dict[str, UUID]:
    """Files by natural key, those too that people entered by hand."""
    keys = [natural_keys(item.details)[0] for item in command.items]
    rows = await call.store.pool.fetch(
        "SELECT key, cadre FROM cadre_keys WHERE key = ANY ($1::text[]) AND nth = 0 ORDER BY cadre DESC", keys
    )
    return {row["key"]: row["cadre"] for row in rows}


def _outcome(aggregate: UUID, *, known: bool, changed: bool) -> dict[str, str]:
    outcome = ("changed" if known else "created") if changed else "unchanged"
    return {"id": str(aggregate), "outcome": outcome}


@router.get("/communities/known")
async def known_communities(
    reading: Reading, limit: Limit = 200, cursor: Cursor = None
) -> Page[dict[str, Any]]:
    """Natural keys (SHA-256, hex) and fingerprints, for an importer to leave out what is known."""
    reading.permit("read_imported", Resource())
    (code,) = keys_of(cursor, str)
    rows = await reading.pool.fetch(
        "SELECT id, code, name, subdistrict, fingerprint FROM communities"
        " WHERE $1::text IS NULL OR code > $1 ORDER BY code LIMIT $2",
        code,
        limit + 1,
    )
    keyed = [dict(row) | {"keys": [_hashed(f"community:{row['code']}")]} for row in rows]
    return page(keyed, limit, "code")


@router.get("/cadres/known")
async def known_cadres(reading: Reading, limit: Limit = 200, cursor: Cursor = None) -> Page[dict[str, Any]]:
    """The same of cadres; files that were entered by hand have an empty fingerprint."""
    reading.permit("read_imported", Resource())
    (last,) = keys_of(cursor, UUID)
    rows = await reading.pool.fetch(
        "SELECT c.id, c.fingerprint, array_agg(k.key ORDER BY k.nth) AS keys FROM cadres c"
        " JOIN cadre_keys k ON k.cadre = c.id WHERE $1::uuid IS NULL OR c.id > $1"
        " GROUP BY c.id ORDER BY c.id LIMIT $2",
        last,
        limit + 1,
    )
    return page([dict(row) for row in rows], limit, "id")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
