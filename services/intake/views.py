"""Intake's read models."""

from pathlib import Path

from services.intake import view_cadres, view_pairings, view_requests, view_todos
from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.eventstore.tables import Tables
from shared.eventstore.views import View, tables_of, update

_COMMUNITY = """
INSERT INTO communities (id, code, name, subdistrict, centre, address, phone, party_branch, version)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, subdistrict = excluded.subdistrict,
    centre = excluded.centre, address = excluded.address, phone = excluded.phone,
    party_branch = excluded.party_branch, version = excluded.version"""

_SERVICE = """
INSERT INTO services (id, code, zh, en, skills, helper_kinds, urgency, minutes, recurs, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET zh = excluded.zh, en = excluded.en, skills = excluded.skills,
    helper_kinds = excluded.helper_kinds, urgency = excluded.urgency, minutes = excluded.minutes,
    recurs = excluded.recurs, retired = false, version = excluded.version"""


async def show_community(db: Tables, recorded: Recorded) -> None:
    """A community as it is now; its code never changes."""
    event: intake.CommunityRegistered | intake.CommunityCorrected = recorded.event  # type: ignore[assignment]
    await db.execute(
        _COMMUNITY,
        event.community,
        event.code if isinstance(event, intake.CommunityRegistered) else "",
        event.name,
        event.subdistrict,
        event.centre.model_dump_json() if event.centre else None,
        event.address,
        event.phone,
        event.party_branch,
        recorded.envelope.stream_version,
    )


async def note_community_import(db: Tables, recorded: Recorded) -> None:
    """What the table's row told."""
    event: intake.CommunityImported = recorded.event  # type: ignore[assignment]
    await update(db, recorded, "communities", "id", event.community, fingerprint=event.fingerprint)


async def show_service(db: Tables, recorded: Recorded) -> None:
    """A service as it is offered now."""
    event: intake.ServiceDefined = recorded.event  # type: ignore[assignment]
    await db.execute(
        _SERVICE,
        event.service,
        event.code,
        event.zh,
        event.en,
        list(event.skills),
        [kind.value for kind in event.helper_kinds],
        event.urgency.value,
        event.minutes,
        event.recurs,
        recorded.envelope.stream_version,
    )


async def retire_service(db: Tables, recorded: Recorded) -> None:
    """Not offered any more."""
    event: intake.ServiceRetired = recorded.event  # type: ignore[assignment]
    await update(db, recorded, "services", "id", event.service, retired=True)


_TABLES = tables_of(Path(__file__).with_name("views.sql"))

VIEWS = (
    View(
        "communities",
        _TABLES["communities"],
        {
            intake.CommunityRegistered: show_community,
            intake.CommunityCorrected: show_community,
            intake.CommunityImported: note_community_import,
        },
    ),
    View(
        "services",
        _TABLES["services"],
        {intake.ServiceDefined: show_service, intake.ServiceRetired: retire_service},
    ),
    View("cadres", _TABLES["cadres"], view_cadres.HANDLERS),
    View("requests", _TABLES["requests"], view_requests.HANDLERS, revision=2),
    View("pairings", _TABLES["pairings"], view_pairings.HANDLERS),
    View("todos", _TABLES["todos"], view_todos.HANDLERS),
)
