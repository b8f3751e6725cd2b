"""The case file: now, at a version, as known at an instant, as true at another; and what differs."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from services.reporting import stored
from services.reporting.domain.casefile import CaseFile, differences, fold, shown
from services.reporting.instants import Instant
from services.reporting.readings import Why, record
from shared.errors import UnknownError
from shared.http.reading import ReadContext, Reading
from shared.roles import Resource

router = APIRouter(tags=["case files"])
SHANGHAI = ZoneInfo("Asia/Shanghai")
INT4 = (1 << 31) - 1

Version = Annotated[int | None, Query(ge=1, le=INT4, description="the first so many events to arrive")]
KnownAt = Annotated[Instant | None, Query(description="what was recorded up to then")]
TrueAt = Annotated[
    Instant | None, Query(description="the facts that were true then; default: known_at, else now")
]


@dataclass(frozen=True, slots=True)
class Question:
    """Which file is asked for."""

    version: int | None = None
    known_at: Instant | None = None
    true_at: Instant | None = None


async def asked(version: Version = None, known_at: KnownAt = None, true_at: TrueAt = None) -> Question:
    """The file that is asked for."""
    return Question(version, known_at, true_at)


async def asked_before(
    from_version: Version = None, from_known_at: KnownAt = None, from_true_at: TrueAt = None
) -> Question:
    """The file to compare with."""
    return Question(from_version, from_known_at, from_true_at)


async def asked_after(
    to_version: Version = None, to_known_at: KnownAt = None, to_true_at: TrueAt = None
) -> Question:
    """The file that is compared."""
    return Question(to_version, to_known_at, to_true_at)


@router.get("/cadres/{cadre}/file")
async def case_file(
    cadre: UUID,
    reading: Reading,
    request: Request,
    response: Response,
    why: Why,
    question: Annotated[Question, Depends(asked)],
) -> dict[str, Any]:
    """All that is recorded of a cadre, folded; `version` in the answer counts the events in it."""
    reading.permit("read_history", Resource(cadre=cadre))
    await record(reading, request, cadre, "file", why)
    file, day = await _file(reading, cadre, question)
    response.headers["ETag"] = f'"{file.count}"'
    return _told(file, day)


@router.get("/cadres/{cadre}/diff")
async def diff(
    cadre: UUID,
    reading: Reading,
    request: Request,
    why: Why,
    before: Annotated[Question, Depends(asked_before)],
    after: Annotated[Question, Depends(asked_after)],
) -> dict[str, Any]:
    """What differs between two of them, field by field."""
    reading.permit("read_history", Resource(cadre=cadre))
    await record(reading, request, cadre, "diff", why)
    old, old_day = await _file(reading, cadre, before)
    new, new_day = await _file(reading, cadre, after)
    return {
        "from": {"version": old.count, "recorded": old.recorded, "day": old_day},
        "to": {"version": new.count, "recorded": new.recorded, "day": new_day},
        "differences": differences(shown(old, old_day), shown(new, new_day)),
    }


async def _file(reading: ReadContext, cadre: UUID, question: Question) -> tuple[CaseFile, date]:
    now, known_at = reading.running.clock.now(), question.known_at
    if known_at is not None and known_at >= now:
        known_at = None  # an event is recorded a tick after the moment of its decision
    arrivals = await stored.of_cadre(reading.pool, cadre, version=question.version, known_at=known_at)
    if not arrivals and not await stored.of_cadre(reading.pool, cadre, version=1):
        raise UnknownError(what="cadre")
    file = fold(cadre, await stored.decoded(arrivals, reading.running.store.vault))
    file = replace(file, count=len(arrivals))  # an event newer than this program has its number, too
    moment = question.true_at or question.known_at or now
    return file, moment.astimezone(SHANGHAI).date()


def _told(file: CaseFile, day: date) -> dict[str, Any]:
    return {"version": file.count, "recorded": file.recorded, "day": day, "file": shown(file, day)}
