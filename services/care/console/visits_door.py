"""One visit: what to know, and what is recorded at the door.

Each form has a key and, when a script keeps it through a loss of network, the time at which it was filled in.
"""

import secrets
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from services.care.api.visits import (
    begin_visit,
    complete_visit,
    correct_visit,
    get_visit,
    miss_visit,
    record_no_answer,
    refuse_visit,
    request_move,
    schedule_visit,
)
from services.care.console.visits_routes import route
from services.care.domain.visit_commands import (
    BeginVisit,
    CompleteVisit,
    CorrectVisit,
    MissVisit,
    RecordNoAnswer,
    RefuseVisit,
    RequestMove,
    ScheduleVisit,
)
from shared.console.pages import Pages
from shared.console.session import KEY, Key, Visit, VisitContext, see
from shared.contracts.values import Code, Minutes, Note, Reason, Slot
from shared.deadlines import SHANGHAI

router = APIRouter()
PAGES = Pages("care")
AT_LEAST = 1


def _local(text: object) -> object:
    """A date and time of a form, which are Shanghai's."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=SHANGHAI)
    except ValueError:
        return text


OrNone = BeforeValidator(lambda text: text or None)
Happened = Annotated[AwareDatetime | None, OrNone, Form()]
Start = Annotated[AwareDatetime, BeforeValidator(_local), Form()]
Why = Annotated[Reason, Form()]
Words = Annotated[Note, Form()]


@router.get("/visits/{visit}")
async def visit_page(request: Request, visit: UUID, who: Visit, said: str = "") -> Response:
    """What to know, and what may be done now."""
    one = await get_visit(visit, who.reading, Response())
    now = who.running.clock.now()
    begun = one["begun"] if one["state"] == "Begun" else None
    spent = now - begun if begun else one["slot_end"] - one["slot_start"]
    return PAGES.answer(
        request,
        "visit.html",
        who,
        one=one,
        route=route(one),
        said=said,
        once=secrets.token_hex(16),
        since=one["slot_start"] - who.running.store.settings.visit_early,
        minutes=max(AT_LEAST, round(spent / timedelta(minutes=1))),
        services=await who.reading.pool.fetch("SELECT code, zh, en FROM services ORDER BY code"),
    )


async def _done(visit: UUID, who: VisitContext, doing: Awaitable[Response], said: str) -> Response:
    await who.shows(await doing)
    return see(f"/care/visits/{visit}?said={said}")


@router.post("/visits/{visit}/begin")
async def begin(visit: UUID, who: Visit, key: Key, happened: Happened = None) -> Response:
    """There."""
    doing = begin_visit(visit, BeginVisit(happened=happened), who.call(key))
    return await _done(visit, who, doing, "begun")


class Told(BaseModel):
    """The fields of what was done."""

    key: str = Field(pattern=KEY)
    minutes: Minutes
    outcome: Reason
    needs: tuple[Code, ...] = ()
    unsolved: bool = False
    happened: Annotated[AwareDatetime | None, OrNone] = None


class Report(Told):
    """The form of what was done."""

    medical: Note = ""


@router.post("/visits/{visit}/complete")
async def complete(visit: UUID, who: Visit, form: Annotated[Report, Form()]) -> Response:
    """Done."""
    told = form.model_dump(exclude={"key", "unsolved"})
    body = CompleteVisit(**told, solved=not form.unsolved)
    return await _done(visit, who, complete_visit(visit, body, who.call(form.key)), "done")


class Correction(Told):
    """The form of what is right; medical notes stay when it has no field for them."""

    medical: Note | None = None
    reason: Reason


@router.post("/visits/{visit}/correct")
async def correct(visit: UUID, who: Visit, form: Annotated[Correction, Form()]) -> Response:
    """It wasn't quite so."""
    told = form.model_dump(exclude={"key", "unsolved"})
    body = CorrectVisit(**told, solved=not form.unsolved)
    return await _done(visit, who, correct_visit(visit, body, who.call(form.key)), "corrected")


@router.post("/visits/{visit}/refuse")
async def refuse(visit: UUID, who: Visit, key: Key, reason: Why, happened: Happened = None) -> Response:
    """Not wanted."""
    doing = refuse_visit(visit, RefuseVisit(reason=reason, happened=happened), who.call(key))
    return await _done(visit, who, doing, "refused")


@router.post("/visits/{visit}/no-answer")
async def no_answer(
    visit: UUID, who: Visit, key: Key, note: Words = "", happened: Happened = None
) -> Response:
    """Nobody opened."""
    doing = record_no_answer(visit, RecordNoAnswer(note=note, happened=happened), who.call(key))
    return await _done(visit, who, doing, "no-answer")


@router.post("/visits/{visit}/miss")
async def miss(visit: UUID, who: Visit, key: Key, reason: Why) -> Response:
    """The helper didn't come."""
    return await _done(visit, who, miss_visit(visit, MissVisit(reason=reason), who.call(key)), "missed")


@router.post("/visits/{visit}/move")
async def move(
    visit: UUID, who: Visit, key: Key, start: Start, minutes: Annotated[Minutes, Form()], reason: Why
) -> Response:
    """Another time, please."""
    body = RequestMove(slot=_slot(start, minutes), reason=reason)
    return await _done(visit, who, request_move(visit, body, who.call(key)), "asked")


@router.post("/visits/{visit}/again")
async def again(
    visit: UUID, who: Visit, key: Key, start: Start, minutes: Annotated[Minutes, Form()], reason: Why
) -> Response:
    """Another try, please."""
    body = ScheduleVisit(slot=_slot(start, minutes), reason=reason)
    return await _done(visit, who, schedule_visit(visit, body, who.call(key)), "asked")


def _slot(start: datetime, minutes: int) -> Slot:
    return Slot(start=start, end=start + timedelta(minutes=minutes))
