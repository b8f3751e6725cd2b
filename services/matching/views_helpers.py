"""What helpers' own streams show: the file, bookings, pairings."""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from pypinyin import Style, lazy_pinyin

from shared.bus.recorded import Recorded
from shared.contracts import matching as m
from shared.contracts.event import ERASED
from shared.contracts.values import HelperProfile
from shared.eventstore.views import Connection


def as_json(values: Sequence[BaseModel] | BaseModel | None) -> str | None:
    """JSON for a jsonb column."""
    if values is None:
        return None
    if isinstance(values, BaseModel):
        return orjson.dumps(values.model_dump(mode="json")).decode()
    return orjson.dumps([value.model_dump(mode="json") for value in values]).decode()


def search_keys(name: str, phone: str | None) -> tuple[str, str]:
    """The name in pinyin, to sort by; and name, pinyin, initials and phone, to search in."""
    syllables = lazy_pinyin(name.casefold())
    initials = lazy_pinyin(name.casefold(), style=Style.FIRST_LETTER)
    pinyin = "".join(syllables)
    return pinyin, "\n".join([name.casefold(), pinyin, "".join(initials), phone or ""])


def _profile(profile: HelperProfile | None) -> tuple[Any, ...]:
    """The columns of a profile; all but the name empty when its key was destroyed."""
    shown = profile or HelperProfile(name=ERASED)
    return (
        shown.name,
        shown.phone,
        shown.birth,
        shown.address,
        as_json(shown.home),
        shown.certificate,
        shown.note,
        *search_keys(shown.name, shown.phone),
    )


async def show_enrolled(db: Connection, recorded: Recorded) -> None:
    """A new file."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO helpers (helper, version, state, kind, community, association, sex, skills,"
        " availability, capacity, dialects, since, name, phone, birth, address, home, certificate, note,"
        " pinyin, search)"
        " VALUES ($1, 1, 'Active', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
        " $18, $19)",
        event.helper,
        event.kind,
        event.community,
        event.association,
        event.sex,
        as_json(event.skills),
        as_json(event.availability),
        event.capacity,
        list(event.dialects),
        event.since,
        *_profile(event.profile),
    )


async def show_version(db: Connection, recorded: Recorded) -> None:
    """The stream's version, which is the ETag."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET version = $2 WHERE helper = $1", event.helper, recorded.envelope.stream_version
    )


async def show_corrected(db: Connection, recorded: Recorded) -> None:
    """The personal part anew."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET sex = $2, dialects = $3, name = $4, phone = $5, birth = $6, address = $7,"
        " home = $8, certificate = $9, note = $10, pinyin = $11, search = $12 WHERE helper = $1",
        event.helper,
        event.sex,
        list(event.dialects),
        *_profile(event.profile),
    )
    await show_version(db, recorded)


async def show_imported(db: Connection, recorded: Recorded) -> None:
    """The row it came from."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET natural_key = $2, fingerprint = $3 WHERE helper = $1",
        event.helper,
        event.natural,
        event.fingerprint,
    )
    await show_version(db, recorded)


async def show_skills(db: Connection, recorded: Recorded) -> None:
    """All skills anew."""
    event: Any = recorded.event
    await db.execute("UPDATE helpers SET skills = $2 WHERE helper = $1", event.helper, as_json(event.skills))
    await show_version(db, recorded)


async def show_availability(db: Connection, recorded: Recorded) -> None:
    """The pattern anew."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET availability = $2, capacity = $3 WHERE helper = $1",
        event.helper,
        as_json(event.availability),
        event.capacity,
    )
    await show_version(db, recorded)


async def show_absence(db: Connection, recorded: Recorded) -> None:
    """One more absence."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO absences VALUES ($1, $2, $3, $4)",
        event.helper,
        event.slot_start,
        event.slot_end,
        event.reason,
    )
    await show_version(db, recorded)


async def show_allocated(db: Connection, recorded: Recorded) -> None:
    """The community."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET community = $2, association = $3 WHERE helper = $1",
        event.helper,
        event.community,
        event.association,
    )
    await show_version(db, recorded)


STATES = {m.HelperSuspended: "Suspended", m.HelperResumed: "Active", m.HelperLeft: "Left"}


async def show_state(db: Connection, recorded: Recorded) -> None:
    """Active, suspended or left."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET state = $2 WHERE helper = $1", event.helper, STATES[type(recorded.event)]
    )
    await show_version(db, recorded)


async def show_recusal(db: Connection, recorded: Recorded) -> None:
    """Never to this cadre."""
    event: Any = recorded.event
    await db.execute("INSERT INTO recusals VALUES ($1, $2, $3)", event.helper, event.cadre, event.reason)
    await show_version(db, recorded)


async def show_hours(db: Connection, recorded: Recorded) -> None:
    """The service record."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET minutes = minutes + $2, visits = visits + 1 WHERE helper = $1",
        event.helper,
        event.minutes,
    )
    await show_version(db, recorded)


async def show_booked(db: Connection, recorded: Recorded) -> None:
    """Time taken; anew for another try of a visit."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO bookings (booking, helper, request, cadre, starts, ends, state)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'Booked') ON CONFLICT (booking) DO UPDATE SET"
        " starts = excluded.starts, ends = excluded.ends, state = excluded.state, reason = ''",
        event.booking,
        event.helper,
        event.request,
        event.cadre,
        event.slot.start,
        event.slot.end,
    )


async def show_booking_moved(db: Connection, recorded: Recorded) -> None:
    """Another time."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE bookings SET starts = $2, ends = $3 WHERE booking = $1",
        event.booking,
        event.slot.start,
        event.slot.end,
    )


async def show_released(db: Connection, recorded: Recorded) -> None:
    """What became of it."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE bookings SET state = 'Released', reason = $2 WHERE booking = $1", event.booking, event.reason
    )


async def show_credited(db: Connection, recorded: Recorded) -> None:
    """The minutes served."""
    event: Any = recorded.event
    await db.execute("UPDATE bookings SET minutes = $2 WHERE booking = $1", event.booking, event.minutes)


async def show_paired(db: Connection, recorded: Recorded) -> None:
    """Bound, or bound again."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO pairings VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (pairing) DO UPDATE SET"
        " version = excluded.version, community = excluded.community, began = excluded.began, ended = NULL,"
        " reason = ''",
        event.pairing,
        recorded.envelope.stream_version,
        event.helper,
        event.cadre,
        event.community,
        recorded.envelope.happened,
    )


async def show_unpaired(db: Connection, recorded: Recorded) -> None:
    """Over."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE pairings SET version = $2, ended = $3, reason = $4 WHERE pairing = $1",
        event.pairing,
        recorded.envelope.stream_version,
        recorded.envelope.happened,
        event.reason,
    )
