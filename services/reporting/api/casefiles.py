"""The case file: now, at a version, as known at an instant, as true or happened at another; what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from services.reporting import stored
from services.reporting.domain.casefile import CaseFile, differences, happened_by, onward, ordered, shown
from services.reporting.instants import Instant
from services.reporting.readings import Why, record
from shared.bus.recorded import Recorded
from shared.errors import UnknownError
from shared.http.reading import ReadContext, Reading
from shared.roles import Resource

router = APIRouter(tags=["case files"])
SHANGHAI = ZoneInfo("Asia/Shanghai")
INT4 = (1 << 31) - 1

Version = Annotated[int | None, Query(ge=1, le=INT4, description="the first so many events to arrive")]
KnownAt = Annotated[Instant | None, Query(description="what was recorded up to then")]
TrueAt = Annotated[
    Instant | None,
    Query(description="the facts that were true then; default: happened_at, known_at, else now"),
]
HappenedAt = Annotated[Instant | None, Query(description="what had happened by then, whenever recorded")]


@dataclass(frozen=True, slots=True)
class Question:
    """Which file is asked for."""

    version: int | None = None
    known_at: Instant | None = None
    true_at: Instant | None = None
    happened_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A file, the day whose facts are shown, and the file in plain JSON values."""

    file: CaseFile
    day: date
    shown: Mapping[str, Any]


async def asked(
    version: Version = None,
    known_at: KnownAt = None,
    true_at: TrueAt = None,
    happened_at: HappenedAt = None,
) -> Question:
    """The file that is asked for."""
    return Question(version, known_at, true_at, happened_at)


async def asked_before(
    from_version: Version = None,
    from_known_at: KnownAt = None,
    from_true_at: TrueAt = None,
    from_happened_at: HappenedAt = None,
) -> Question:
    """The file to compare with."""
    return Question(from_version, from_known_at, from_true_at, from_happened_at)


async def asked_after(
    to_version: Version = None,
    to_known_at: KnownAt = None,
    to_true_at: TrueAt = None,
    to_happened_at: HappenedAt = None,
) -> Question:
    """The file that is compared."""
    return Question(to_version, to_known_at, to_true_at, to_happened_at)


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
    (found,) = await read_files(reading, request, cadre, why, "file", question)
    response.headers["ETag"] = f'"{found.file.count}"'
    file = found.file
    return {"version": file.count, "recorded": file.recorded, "day": found.day, "file": found.shown}


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
    old, new = await read_files(reading, request, cadre, why, "diff", before, after)
    return {
        "from": {"version": old.file.count, "recorded": old.file.recorded, "day": old.day},
        "to": {"version": new.file.count, "recorded": new.file.recorded, "day": new.day},
        "differences": differences(old.shown, new.shown),
    }


async def read_files(
    reading: ReadContext, request: Request, cadre: UUID, why: str, what: str, *questions: Question
) -> list[Answer]:
    """The files that are asked for, for whoever may read them; the reading is recorded once. UnknownError."""
    reading.permit("read_history", Resource(cadre=cadre))
    await record(reading, request, cadre, what, why)
    arrivals = await stored.of_cadre(reading.pool, cadre)
    if not arrivals:
        raise UnknownError(what="cadre")
    events = ordered(await stored.decoded(arrivals, reading.running.store.vault))
    now = reading.running.clock.now()
    found: list[Answer] = []
    kept: list[Recorded] = []
    file = CaseFile(cadre)
    for question in questions:
        before, (kept, count) = kept, _kept(question, now, arrivals, events)
        goes_on = kept[: len(before)] == before
        file = onward(file, kept[len(before) :]) if goes_on else onward(CaseFile(cadre), kept)
        moment = question.true_at or question.happened_at or question.known_at or now
        day = moment.astimezone(SHANGHAI).date()
        found.append(Answer(replace(file, count=count), day, shown(file, day)))
    return found


def _kept(
    question: Question, now: datetime, arrivals: Sequence[stored.Arrival], events: Sequence[Recorded]
) -> tuple[list[Recorded], int]:
    """The events that the file is made of, and how many there are, with those newer than this program."""
    known_at = question.known_at
    if known_at is not None and known_at >= now:
        known_at = None  # an event is recorded a tick after the moment of its decision
    known = [one.envelope for one in arrivals if known_at is None or one.envelope.recorded <= known_at]
    there = {one.id for one in known[: question.version]}
    kept = [one for one in events if one.envelope.id in there]
    if question.happened_at is None or question.happened_at >= now:
        return kept, len(there)
    kept = happened_by(kept, question.happened_at)
    return kept, len(kept)
