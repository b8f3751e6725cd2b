"""What a decision about a request needs of the register and the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.intake.catalogue import DEFAULTS, related
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_file import Cadre, Deceased, Merged, covered, side_of
from services.intake.domain.cadre_refusals import DeceasedError, MergedAwayError
from services.intake.domain.community import COMMUNITY
from services.intake.domain.request import REQUEST
from services.intake.domain.request_clock import StageClock, clock_of
from services.intake.domain.service import SERVICE, Offered, Retired, Terms, service_id
from shared.contracts.values import CadreSide, HelperKind, Ids, Phone, Urgency
from shared.deadlines import SHANGHAI
from shared.errors import InvalidError, UnknownError
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work

NEAR = timedelta(hours=72)
"""How near in time two requests are alike."""

_LIKELY = """
SELECT r.id, r.cadre, r.state, r.service, r.urgency, r.received_at, r.elements ->> 'what' AS what
FROM requests r
WHERE r.open AND r.received_at > $1 AND (r.cadre = ANY ($2::uuid[]) OR r.caller_phone = $3)
  AND ($4::text[] IS NULL OR r.service = '' OR r.service = ANY ($4))
ORDER BY r.received_at DESC, r.id LIMIT 20"""


class CommunityUnknownError(InvalidError):
    """There is no community with this id. Choose one from the list of communities."""

    zh = "没有这个编号的社区。请从社区列表中选择。"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a request is for, as the register says today."""

    cadre: UUID
    community: UUID | None
    covered: bool
    side: CadreSide


def today(work: Work) -> date:
    """The day in Shanghai."""
    return work.at.astimezone(SHANGHAI).date()


async def person_for(work: Work, cadre: UUID) -> Person:
    """Whom a new request may be for; UnknownError, MergedAwayError, DeceasedError."""
    state = await work.load(CADRE, cadre)
    match state:
        case None:
            raise UnknownError(what="cadre")
        case Merged():
            raise MergedAwayError("cadre", survivor=state.into)
        case Deceased():
            raise DeceasedError("cadre")
        case _:
            return _person(state, work)


async def person_now(work: Work, cadre: UUID) -> Person | None:
    """Whom a request that the system opens is for, merges followed; None for the dead and the unknown."""
    state = await surviving(work, cadre)
    return None if state is None or isinstance(state, Deceased) else _person(state, work)


def _person(state: Cadre, work: Work) -> Person:
    file = state.file
    return Person(file.cadre, file.community, covered(file), side_of(file, today(work)))


async def surviving(work: Work, cadre: UUID) -> Cadre | None:
    """The file that goes on for this person."""
    state = await work.load(CADRE, cadre)
    while isinstance(state, Merged):
        state = await work.load(CADRE, state.into)
    return state


async def everyone(work: Work, cadre: UUID) -> list[UUID]:
    """The ids of all files that are this person, its own first."""
    found = [cadre]
    for one in found:
        state = await work.load(CADRE, one)
        found.extend(state.file.also if state else ())
    return found


async def check_community(work: Work, community: UUID | None) -> None:
    """CommunityUnknownError unless there is one."""
    if community is not None and await work.load(COMMUNITY, community) is None:
        raise CommunityUnknownError("community")


async def terms_for(work: Work, code: str) -> Terms:
    """The terms on which the system itself asks for a service; retired or undefined ones too."""
    state = await work.load(SERVICE, service_id(code))
    match state:
        case Offered():
            return state.terms
        case Retired():
            return state.offered.terms
        case None if code in DEFAULTS:
            known = DEFAULTS[code]
            return Terms(
                service=code,
                skills=known.skills,
                helper_kinds=known.helper_kinds,
                urgency=known.urgency,
                minutes=known.minutes,
            )
        case None:
            kinds = tuple(HelperKind)
            return Terms(
                service=code, skills=(code,), helper_kinds=kinds, urgency=Urgency.ROUTINE, minutes=60
            )


async def open_requests(work: Work, cadre: UUID) -> Sequence[UUID]:
    """The open requests of a person, under whichever of their files."""
    people = await everyone(work, cadre)
    rows = await work.db.fetch(
        "SELECT id FROM requests WHERE open AND cadre = ANY ($1::uuid[]) ORDER BY id", people
    )
    return [row["id"] for row in rows]


async def likely_requests(
    db: asyncpg.Pool, work: Work, cadre: UUID | None, phone: Phone | None, service: str
) -> list[dict[str, Any]]:
    """Open requests of the last 72 hours: same cadre or caller's phone, same or a like service."""
    people = await everyone(work, cadre) if cadre else []
    services = sorted(related(service)) if service else None
    rows = await db.fetch(_LIKELY, work.at - NEAR, people, phone or None, services)
    return [dict(row) for row in rows]


def ids_of(rows: Sequence[dict[str, Any]]) -> Ids:
    """Their ids."""
    return tuple(row["id"] for row in rows)


async def clock_at(store: EventStore, request: UUID) -> StageClock | None:
    """The clock of a request's stage, from its stream."""
    history = await store.read_stream(REQUEST.stream(request))
    return clock_of((recorded.event, recorded.envelope.happened) for recorded in history)
