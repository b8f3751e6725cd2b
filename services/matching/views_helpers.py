"""What helpers' own streams show: the file, bookings, pairings."""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import BaseModel

from shared.bus.recorded import Recorded
from shared.contracts import matching as m
from shared.contracts.event import ERASED
from shared.contracts.values import HelperProfile
from shared.eventstore.tables import Tables
from shared.eventstore.views import insert, update
from shared.pinyin import initials_of, pinyin_of


def as_json(values: Sequence[BaseModel] | BaseModel | None) -> str | None:
    """JSON for a jsonb column."""
    if values is None:
        return None
    if isinstance(values, BaseModel):
        return orjson.dumps(values.model_dump(mode="json")).decode()
    return orjson.dumps([value.model_dump(mode="json") for value in values]).decode()


def search_keys(name: str, phone: str | None) -> tuple[str, str]:
    """The name in pinyin, to sort by; and name, pinyin, initials and phone, to search in."""
    pinyin = pinyin_of(name)
    return pinyin, "\n".join([name.casefold(), pinyin, initials_of(name), phone or ""])


def _profile(profile: HelperProfile | None) -> dict[str, Any]:
    """The columns of a profile; all but the name empty when its key was destroyed."""
    shown = profile or HelperProfile(name=ERASED)
    pinyin, search = search_keys(shown.name, shown.phone)
    return {
        "name": shown.name,
        "phone": shown.phone,
        "birth": shown.birth,
        "address": shown.address,
        "home": as_json(shown.home),
        "certificate": shown.certificate,
        "note": shown.note,
        "pinyin": pinyin,
        "search": search,
    }


async def show_enrolled(db: Tables, recorded: Recorded) -> None:
    """A new file."""
    event: Any = recorded.event
    file = {
        "helper": event.helper,
        "version": 1,
        "state": "Active",
        "kind": event.kind,
        "community": event.community,
        "association": event.association,
        "sex": event.sex,
        "skills": as_json(event.skills),
        "availability": as_json(event.availability),
        "capacity": event.capacity,
        "dialects": list(event.dialects),
        "since": event.since,
        **_profile(event.profile),
    }
    await insert(db, "helpers", file)


async def show_version(db: Tables, recorded: Recorded, **columns: object) -> None:
    """The stream's version, which is the ETag, and what else has changed in the file."""
    event: Any = recorded.event
    await update(db, recorded, "helpers", "helper", event.helper, **columns)


async def show_corrected(db: Tables, recorded: Recorded) -> None:
    """The personal part anew."""
    event: Any = recorded.event
    await show_version(db, recorded, sex=event.sex, dialects=list(event.dialects), **_profile(event.profile))


async def show_imported(db: Tables, recorded: Recorded) -> None:
    """The row it came from."""
    event: Any = recorded.event
    await show_version(db, recorded, natural_key=event.natural, fingerprint=event.fingerprint)


async def show_skills(db: Tables, recorded: Recorded) -> None:
    """All skills anew."""
    event: Any = recorded.event
    await show_version(db, recorded, skills=as_json(event.skills))


async def show_availability(db: Tables, recorded: Recorded) -> None:
    """The pattern anew."""
    event: Any = recorded.event
    await show_version(db, recorded, availability=as_json(event.availability), capacity=event.capacity)


async def show_absence(db: Tables, recorded: Recorded) -> None:
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


async def show_allocated(db: Tables, recorded: Recorded) -> None:
    """The community."""
    event: Any = recorded.event
    await show_version(db, recorded, community=event.community, association=event.association)


STATES = {m.HelperSuspended: "Suspended", m.HelperResumed: "Active", m.HelperLeft: "Left"}


async def show_state(db: Tables, recorded: Recorded) -> None:
    """Active, suspended or left."""
    await show_version(db, recorded, state=STATES[type(recorded.event)])


async def show_recusal(db: Tables, recorded: Recorded) -> None:
    """Never to this cadre."""
    event: Any = recorded.event
    await db.execute("INSERT INTO recusals VALUES ($1, $2, $3)", event.helper, event.cadre, event.reason)
    await show_version(db, recorded)


async def show_preferences(db: Tables, recorded: Recorded) -> None:
    """What is done gladly."""
    event: Any = recorded.event
    await show_version(db, recorded, glad=list(event.services))


async def show_wish(db: Tables, recorded: Recorded) -> None:
    """What a cadre wishes now."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO wishes VALUES ($1, $2, $3, $4) ON CONFLICT (helper, cadre)"
        " DO UPDATE SET wish = excluded.wish, reason = excluded.reason",
        event.helper,
        event.cadre,
        event.wish,
        event.reason,
    )
    await show_version(db, recorded)


async def show_hours(db: Tables, recorded: Recorded) -> None:
    """The service record."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET version = $2, minutes = minutes + $3, visits = visits + 1 WHERE helper = $1",
        event.helper,
        recorded.envelope.stream_version,
        event.minutes,
    )


async def show_hours_corrected(db: Tables, recorded: Recorded) -> None:
    """The service record, with other minutes for one visit."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE helpers SET version = $2, minutes = minutes + $3 WHERE helper = $1",
        event.helper,
        recorded.envelope.stream_version,
        event.minutes - event.before,
    )


async def show_booked(db: Tables, recorded: Recorded) -> None:
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


async def show_booking_moved(db: Tables, recorded: Recorded) -> None:
    """Another time."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE bookings SET starts = $2, ends = $3 WHERE booking = $1",
        event.booking,
        event.slot.start,
        event.slot.end,
    )


async def show_released(db: Tables, recorded: Recorded) -> None:
    """What became of it."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE bookings SET state = 'Released', reason = $2 WHERE booking = $1", event.booking, event.reason
    )


async def show_credited(db: Tables, recorded: Recorded) -> None:
    """The minutes served."""
    event: Any = recorded.event
    await db.execute("UPDATE bookings SET minutes = $2 WHERE booking = $1", event.booking, event.minutes)


async def show_paired(db: Tables, recorded: Recorded) -> None:
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


async def show_unpaired(db: Tables, recorded: Recorded) -> None:
    """Over."""
    event: Any = recorded.event
    ended = recorded.envelope.happened
    await update(db, recorded, "pairings", "pairing", event.pairing, ended=ended, reason=event.reason)
