"""The volunteers' file (志愿者档案) and that of every other helper."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import (
    AllocateHelper,
    ChangeAvailability,
    ChangePreferences,
    ChangeSkills,
    CorrectHelper,
    DeclareRecusal,
    Enrol,
    EnrolHelper,
    NoteAbsence,
    RecordLeaving,
    RecordWish,
    ResumeHelper,
    SuspendHelper,
)
from shared.contracts.values import HelperKind
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown
from shared.roles import Resource

router = APIRouter(tags=["helpers"])
JSON = ("skills", "availability", "home")
LISTED = (
    "helper, version, state, kind, community, association, sex, skills, capacity, name, phone, pinyin,"
    " minutes, visits"
)
Search = Annotated[str | None, Query(max_length=60, description="name, pinyin, initials or phone")]


@router.post("/helpers", status_code=201)
async def enrol(body: EnrolHelper, call: Call) -> Response:
    """Enter somebody in the file."""
    helper = call.new_id()

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(body, Resource(community=body.community))
        await work.execute(HELPER, helper, Enrol(helper=helper, **dict(body)), begins=True)
        return HELPER, helper

    return await call.perform(body, do, status=201)


@router.post("/helpers/{helper}/correct")
async def correct(helper: UUID, body: CorrectHelper, call: Call) -> Response:
    """Put the personal part right."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/skills")
async def change_skills(helper: UUID, body: ChangeSkills, call: Call) -> Response:
    """All skills, as they are now."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/availability")
async def change_availability(helper: UUID, body: ChangeAvailability, call: Call) -> Response:
    """The weekly pattern and the capacity."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/absences")
async def note_absence(helper: UUID, body: NoteAbsence, call: Call) -> Response:
    """Not available for a while; visits in that time go to others."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/allocate")
async def allocate(helper: UUID, body: AllocateHelper, call: Call) -> Response:
    """To serve another community; both must be the caller's."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        await call.decide(work, HELPER, helper, body)
        call.permit(body, Resource(community=body.community))
        return HELPER, helper

    return await call.perform(body, do, helper)


@router.post("/helpers/{helper}/suspend")
async def suspend(helper: UUID, body: SuspendHelper, call: Call) -> Response:
    """No offers until resumed; open ones are taken back and visits to come go to others."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/resume")
async def resume(helper: UUID, body: ResumeHelper, call: Call) -> Response:
    """Offers again."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/leave")
async def leave(helper: UUID, body: RecordLeaving, call: Call) -> Response:
    """Serves no more."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/recusals")
async def declare_recusal(helper: UUID, body: DeclareRecusal, call: Call) -> Response:
    """Never to be matched to this cadre."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/preferences")
async def change_preferences(helper: UUID, body: ChangePreferences, call: Call) -> Response:
    """The services that this helper is glad to give."""
    return await call.execute(HELPER, helper, body)


@router.post("/helpers/{helper}/wishes")
async def record_wish(helper: UUID, body: RecordWish, call: Call) -> Response:
    """What a cadre wishes of this helper: the same again, rather not, never; or nothing any more."""
    return await call.execute(HELPER, helper, body)


@router.get("/helpers")
async def list_helpers(
    reading: Reading,
    q: Search = None,
    kind: HelperKind | None = None,
    community: UUID | None = None,
    state: Annotated[str | None, Query(pattern="^(Active|Suspended|Left)$")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """The file by pinyin, with each helper's record in minutes and visits."""
    name, last = keys_of(cursor, str, UUID)
    wanted = "".join((q or "").casefold().split())
    rows = await reading.pool.fetch(
        f"SELECT {LISTED} FROM helpers"  # noqa: S608  only constants are put in
        " WHERE ($1::uuid[] IS NULL OR community = ANY ($1)) AND strpos(search, $2) > 0"
        " AND ($3::text IS NULL OR kind = $3) AND ($4::uuid IS NULL OR community = $4)"
        " AND ($5::text IS NULL OR state = $5) AND ($6::text IS NULL OR (pinyin, helper) > ($6, $7::uuid))"
        " ORDER BY pinyin, helper LIMIT $8",
        reading.communities("read_helpers"),
        wanted,
        kind,
        community,
        state,
        name,
        last,
        limit + 1,
    )
    return page([shown(row, *JSON) for row in rows], limit, "pinyin", "helper")


@router.get("/helpers/{helper}")
async def get_helper(helper: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One file: absences, recusals, wishes, pairings, the next bookings, the load of the last 30 days."""
    row = await reading.pool.fetchrow("SELECT * FROM helpers WHERE helper = $1", helper)
    if row is None:
        reading.reach("read_helper")
        raise UnknownError(what="helper")
    reading.permit("read_helper", Resource(community=row["community"], helpers=frozenset({helper})))
    response.headers["ETag"] = f'"{row["version"]}"'
    now: datetime = reading.running.clock.now()
    fetch = reading.pool.fetch
    booked = await fetch(
        "SELECT booking, request, cadre, starts, ends FROM bookings"
        " WHERE helper = $1 AND state = 'Booked' ORDER BY starts LIMIT 20",
        helper,
    )
    load = await reading.pool.fetchrow(
        "SELECT count(*) AS visits, coalesce(sum(minutes), 0)::int AS minutes FROM bookings"
        " WHERE helper = $1 AND minutes IS NOT NULL AND starts > $2::timestamptz - interval '30 days'",
        helper,
        now,
    )
    pairs = await fetch(
        "SELECT p.pairing, p.cadre, c.name, p.began FROM pairings p LEFT JOIN cadres c USING (cadre)"
        " WHERE p.helper = $1 AND p.ended IS NULL ORDER BY p.began",
        helper,
    )
    away = await fetch(
        "SELECT starts, ends, reason FROM absences WHERE helper = $1 AND ends > $2 ORDER BY starts",
        helper,
        now,
    )
    recused = await fetch("SELECT cadre, reason FROM recusals WHERE helper = $1 ORDER BY cadre", helper)
    wishes = await fetch("SELECT cadre, wish, reason FROM wishes WHERE helper = $1 ORDER BY cadre", helper)
    return {
        **shown(row, *JSON, hidden=("search", "pinyin", "natural_key", "fingerprint")),
        "last_30_days": dict(load) if load else {},
        "bookings": [dict(one) for one in booked],
        "pairings": [dict(one) for one in pairs],
        "absences": [dict(one) for one in away],
        "recusals": [dict(one) for one in recused],
        "wishes": [dict(one) for one in wishes],
    }


@router.get("/helpers/{helper}/bookings")
async def list_bookings(
    helper: UUID, reading: Reading, limit: Limit = 50, cursor: Cursor = None
) -> Page[dict[str, Any]]:
    """All bookings of a helper, the newest first, with what became of each."""
    community = await reading.pool.fetchval("SELECT community FROM helpers WHERE helper = $1", helper)
    reading.permit("read_helper", Resource(community=community, helpers=frozenset({helper})))
    starts, last = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(
        "SELECT booking, request, cadre, starts, ends, state, reason, minutes FROM bookings WHERE helper = $1"
        " AND ($2::timestamptz IS NULL OR (starts, booking) < ($2, $3::uuid))"
        " ORDER BY starts DESC, booking DESC LIMIT $4",
        helper,
        starts,
        last,
        limit + 1,
    )
    return page(rows, limit, "starts", "booking")
