"""Pairings (结对帮扶)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import NotServingError, RecusedError
from services.matching.domain.helper_file import PERSONS, Active
from services.matching.domain.pairing import PAIRING, BeginPairing, Bind, EndPairing, pairing_of
from services.matching.domain.week import day_of
from services.matching.suggesting import suggested
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page
from shared.roles import Resource

router = APIRouter(tags=["pairings"])


class NotAPersonError(RefusedError):
    """Only a volunteer or a member of staff can be paired with a cadre. Choose a person."""

    zh = "只有志愿者或社区工作人员可以结对。请选择个人。"


class CadreGoneError(RefusedError):
    """This cadre has died; no pairing can begin."""

    zh = "该老干部已去世，不能新建结对。"


@router.post("/pairings", status_code=201)
async def begin(body: BeginPairing, call: Call) -> Response:
    """Bind a helper to a cadre."""
    pairing = pairing_of(body.helper, body.cadre)

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        cadre = await work.db.fetchrow("SELECT community, deceased FROM cadres WHERE cadre = $1", body.cadre)
        if cadre is None:
            raise UnknownError(what="cadre")
        call.permit(body, Resource(community=cadre["community"], cadre=body.cadre))
        helper = await work.load(HELPER, body.helper)
        if helper is None:
            raise UnknownError(what="helper")
        if not isinstance(helper, Active):
            raise NotServingError
        if helper.facts.kind not in PERSONS:
            raise NotAPersonError
        if body.cadre in helper.facts.recused:
            raise RecusedError
        if cadre["deceased"]:
            raise CadreGoneError
        await work.execute(PAIRING, pairing, Bind(**dict(body), community=cadre["community"]))
        return PAIRING, pairing

    return await call.perform(body, do, status=201)


@router.post("/pairings/{pairing}/end")
async def end(pairing: UUID, body: EndPairing, call: Call) -> Response:
    """End the bond."""
    return await call.execute(PAIRING, pairing, body)


@router.get("/pairings/suggestions")
async def suggest_pairings(reading: Reading, limit: Limit = 50) -> list[dict[str, Any]]:
    """Whom to pair next: cadres without anybody, those with the most hardships first, each with a helper.

    It is who has the fewest pairings in the community; of these who has come most often, then the nearest.
    """
    communities = reading.communities("read_helpers")
    kinds = [kind.value for kind in PERSONS]
    return await suggested(reading.pool, communities, kinds, day_of(reading.running.clock.now()), limit)


@router.get("/pairings")
async def list_pairings(
    reading: Reading,
    *,
    helper: UUID | None = None,
    cadre: UUID | None = None,
    live: Annotated[bool, Query(description="only those that hold")] = True,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Pairings, the newest first. A cadre's include those of files merged into theirs."""
    began, last = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(
        "SELECT p.pairing, p.version, p.helper, h.name AS helper_name, h.phone AS helper_phone, p.cadre,"
        " c.name AS cadre_name, p.community, p.began, p.ended, p.reason,"
        " CASE WHEN p.ended IS NULL THEN 'Live' ELSE 'Ended' END AS state"
        " FROM pairings p JOIN helpers h USING (helper) LEFT JOIN cadres c USING (cadre)"
        " WHERE ($1::uuid[] IS NULL OR p.community = ANY ($1)) AND ($2::uuid IS NULL OR p.helper = $2)"
        " AND ($3::uuid IS NULL OR p.cadre = $3 OR c.merged_into = $3) AND (p.ended IS NULL OR NOT $4)"
        " AND ($5::timestamptz IS NULL OR (p.began, p.pairing) < ($5, $6::uuid))"
        " ORDER BY p.began DESC, p.pairing DESC LIMIT $7",
        reading.communities("read_helpers"),
        helper,
        cadre,
        live,
        began,
        last,
        limit + 1,
    )
    return page(rows, limit, "began", "pairing")
