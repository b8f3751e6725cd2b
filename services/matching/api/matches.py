"""Matches, for those who match: the board, the ranking and why, and what to do about it."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.matching.arranging import book, judge, patience
from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import NotServingError, RecusedError, ReleaseBooking
from services.matching.domain.helper_file import Active
from services.matching.domain.match import MATCH
from services.matching.domain.match_commands import (
    AcceptOffer,
    AskHelper,
    DeclineOffer,
    DropAssignment,
    GiveBack,
    MakeOffer,
    NotAssignedError,
    RankAgain,
    Reassign,
    RecordNoShow,
    RevokeOffer,
)
from services.matching.domain.match_rounds import Assigned, Match
from services.matching.domain.travel import place_to_reach
from services.matching.engine import Rule
from services.matching.register import scope
from shared.contracts.command import Command
from shared.contracts.matching import Candidate, HelperAssigned
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown, small
from shared.roles import Resource

router = APIRouter(tags=["matches"])


class NoTimeError(RefusedError):
    """No free time was found for this helper ({rule}). Name a time, or choose another helper."""

    zh = "没有为该服务者找到可用时间（{rule}）。请指定时间，或另选服务者。"


async def _load(work: Work, request: UUID) -> Match:
    match = await work.load(MATCH, request)
    if match is None:
        raise UnknownError(what="match")
    return match


@router.post("/matches/{request}/rank-again")
async def rank_again(request: UUID, body: RankAgain, call: Call) -> Response:
    """Begin a new round: open offers are revoked, and all but those who declined may be asked."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        match = await _load(work, request)
        call.permit(body, await scope(work.db, match))
        await call.check_version(work, MATCH, request)
        await work.execute(MATCH, request, body)
        return MATCH, request

    return await call.perform(body, do, request)


@router.post("/matches/{request}/offers")
async def make_offer(request: UUID, body: MakeOffer, call: Call) -> Response:
    """Ask a helper of one's own choice; their time is checked, what the ranking thinks of them isn't."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        match = await _load(work, request)
        call.permit(body, await scope(work.db, match))
        await call.check_version(work, MATCH, request)
        helper = await work.load(HELPER, body.helper)
        if helper is None:
            raise UnknownError(what="helper")
        if not isinstance(helper, Active):
            raise NotServingError
        if match.facts.need.cadre in helper.facts.recused:
            raise RecusedError
        judged = await judge(work, match.facts, body.helper)
        slot = body.slot or match.facts.need.slot
        if isinstance(judged, Rule):
            candidate = Candidate(helper=body.helper, kind=helper.facts.kind, score=0, parts=(), metres=None)
            if slot is None:
                raise NoTimeError(rule=judged.value)
        else:
            candidate, slot = judged.told(), body.slot or judged.slot
        place = place_to_reach(match.facts.need.urgency, match.facts.side)
        hindrance = helper.facts.hindrance(slot, place)
        if hindrance is not None:
            raise hindrance
        waits = patience(work.settings.cascades.of(match.facts.need.urgency), work.at)
        await work.execute(MATCH, request, AskHelper(candidate=candidate, slot=slot, patience=waits))
        return MATCH, request

    return await call.perform(body, do, request)


async def _answer(call: CallContext, request: UUID, body: Command, offer: UUID) -> Response:
    """What is done with one offer, by the helper who was asked or by who matches."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        match = await _load(work, request)
        found = match.facts.offer(offer)
        if found is None:
            raise UnknownError(what="offer")
        call.permit(body, replace(await scope(work.db, match), helpers=frozenset({found.helper})))
        await call.check_version(work, MATCH, request)
        for event in await work.execute(MATCH, request, body):
            if isinstance(event, HelperAssigned):
                await book(work, event)
        return MATCH, request

    return await call.perform(body, do, request)


@router.post("/matches/{request}/accept")
async def accept(request: UUID, body: AcceptOffer, call: Call) -> Response:
    """Yes: the assignment and the booking are written together, or neither is."""
    return await _answer(call, request, body, body.offer)


@router.post("/matches/{request}/decline")
async def decline(request: UUID, body: DeclineOffer, call: Call) -> Response:
    """No, with the reason; the next is asked."""
    return await _answer(call, request, body, body.offer)


@router.post("/matches/{request}/revoke")
async def revoke(request: UUID, body: RevokeOffer, call: Call) -> Response:
    """Take an open offer back; the next is asked."""
    return await _answer(call, request, body, body.offer)


async def _take_away(call: CallContext, request: UUID, body: Command, reason: str) -> Response:
    """End the assignment and give the helper's time back, in one work."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        match = await _load(work, request)
        call.permit(body, await scope(work.db, match))
        await call.check_version(work, MATCH, request)
        if not isinstance(match, Assigned):
            raise NotAssignedError
        command = body
        if isinstance(body, DropAssignment):
            helper = await work.load(HELPER, match.helper)
            booked = helper.facts.live(match.booking) if helper else None
            if booked is None:
                raise NotAssignedError
            command = GiveBack(**dict(body), booking=match.booking, starts=booked.slot.start)
        await work.execute(MATCH, request, command)
        release = ReleaseBooking(booking=match.booking, reason=reason)
        await work.execute(HELPER, match.helper, release)
        return MATCH, request

    return await call.perform(body, do, request)


@router.post("/matches/{request}/drop")
async def drop(request: UUID, body: DropAssignment, call: Call) -> Response:
    """The helper can't after all; somebody else is looked for."""
    return await _take_away(call, request, body, "dropped")


@router.post("/matches/{request}/no-show")
async def record_no_show(request: UUID, body: RecordNoShow, call: Call) -> Response:
    """The helper didn't come; somebody else is looked for."""
    return await _take_away(call, request, body, "missed")


@router.post("/matches/{request}/reassign")
async def reassign(request: UUID, body: Reassign, call: Call) -> Response:
    """Take the assignment away; somebody else is looked for."""
    return await _take_away(call, request, body, "reassigned")


State = Annotated[str | None, Query(pattern="^(todo|Opened|Offering|Assigned|Exhausted|Held|Closed)$")]
UNMATCHED = ["Opened", "Exhausted"]


@router.get("/matches")
async def list_matches(
    reading: Reading,
    state: State = None,
    community: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """The board: the most urgent first, then those that wait longest. `todo` is what a person must see to.

    A match stands with the community where the cadre lives now.
    """
    pressing, since, last = keys_of(cursor, small, moment, UUID)
    states = UNMATCHED if state == "todo" else [state] if state else None
    rows = await reading.pool.fetch(
        "SELECT m.request, m.version, m.state, m.cadre, c.name AS cadre_name,"
        " coalesce(c.community, m.community) AS community,"
        " m.service, m.urgency, m.pressing, m.round, m.since, m.opened, m.helper, h.name AS helper_name,"
        " m.starts, m.ends, m.reason, (SELECT min(o.expires) FROM offers o WHERE o.request = m.request"
        " AND o.state = 'Open') AS expires, (SELECT count(*) FROM offers o WHERE o.request = m.request"
        " AND o.round = m.round) AS asked"
        " FROM matches m LEFT JOIN cadres c USING (cadre) LEFT JOIN helpers h ON h.helper = m.helper"
        " WHERE ($1::uuid[] IS NULL OR coalesce(c.community, m.community) = ANY ($1))"
        " AND ($2::text[] IS NULL OR m.state = ANY ($2))"
        " AND ($3::uuid IS NULL OR coalesce(c.community, m.community) = $3)"
        " AND ($4::int IS NULL OR (m.pressing, m.since, m.request) > ($4, $5::timestamptz, $6::uuid))"
        " ORDER BY m.pressing, m.since, m.request LIMIT $7",
        reading.communities("read_matches"),
        states,
        community,
        pressing,
        since,
        last,
        limit + 1,
    )
    return page(rows, limit, "pressing", "since", "request")


ONE = (
    "SELECT m.*, c.community AS lives_in, k.name AS community_name, s.zh AS service_zh,"
    " s.en AS service_en, c.name AS cadre_name, c.phones AS cadre_phones, c.address, r.elements,"
    " h.name AS helper_name, h.phone AS helper_phone, w.state AS course"
    " FROM matches m LEFT JOIN cadres c USING (cadre) LEFT JOIN services s ON s.code = m.service"
    " LEFT JOIN communities k ON k.community = coalesce(c.community, m.community)"
    " LEFT JOIN requests r ON r.request = m.request LEFT JOIN helpers h ON h.helper = m.helper"
    " LEFT JOIN courses w ON w.request = m.request WHERE m.request = $1"
)


async def permitted(request: UUID, reading: Reading) -> Any:
    """A match's row, for whoever may read it."""
    row = await reading.find(ONE, MATCH, request)
    if row is None:
        reading.reach("read_match")
        raise UnknownError(what="match")
    community = row["lives_in"] or row["community"]
    reading.permit("read_match", Resource(community=community, cadre=row["cadre"]))
    return row


@router.get("/matches/{request}")
async def get_match(request: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One match: what is asked for, where it stands, its last ranking with names and phones, all offers."""
    row = await permitted(request, reading)
    response.headers["ETag"] = f'"{row["version"]}"'
    found = shown(row, "ranking", "elements", hidden=("unread",))
    found["community"] = found.pop("lives_in") or found["community"]
    candidates = found["ranking"]["ranked"] if found["ranking"] else []
    offers, named = await asyncio.gather(
        reading.pool.fetch(
            "SELECT o.*, h.name, h.phone FROM offers o JOIN helpers h USING (helper) WHERE o.request = $1"
            " ORDER BY o.placed",
            request,
        ),
        reading.pool.fetch(
            "SELECT helper::text, name, phone FROM helpers WHERE helper = ANY ($1)",
            [UUID(one["helper"]) for one in candidates],
        ),
    )
    known = {one["helper"]: dict(one) for one in named}
    for one in candidates:
        one.update(known.get(one["helper"], {"name": "", "phone": None}))
    return {**found, "offers": [dict(offer) for offer in offers]}
