"""Whom an auditor may find, and what communities and services are called."""

from uuid import UUID

from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import Details, Standing
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

ENDING = 8
"""So many characters of an id's end are shown, and searched by."""


async def _community(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.CommunityRegistered | intake.CommunityCorrected):
        longitude, latitude = event.centre.degrees if event.centre else (None, None)
        await db.execute(
            "INSERT INTO communities VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET "
            "name = excluded.name, subdistrict = excluded.subdistrict, longitude = excluded.longitude, "
            "latitude = excluded.latitude",
            event.community,
            event.name,
            event.subdistrict,
            longitude,
            latitude,
        )


async def _service(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.ServiceDefined):
        await db.execute(
            "INSERT INTO services VALUES ($1, $2, $3) "
            "ON CONFLICT (code) DO UPDATE SET zh = excluded.zh, en = excluded.en",
            event.code,
            event.zh,
            event.en,
        )


async def _person(db: Tables, recorded: Recorded) -> None:
    match recorded.event:
        case (
            intake.CadreRegistered() | intake.ProvisionalPersonRegistered() | intake.PersonIdentified()
        ) as told:
            await db.execute(
                "INSERT INTO people (cadre, ending) VALUES ($1, $2) ON CONFLICT (cadre) DO NOTHING",
                told.cadre,
                told.cadre.hex[-ENDING:],
            )
            await _lives(db, told.cadre, told.community)
            await _called(db, told.cadre, told.details)
            if not isinstance(told, intake.ProvisionalPersonRegistered):
                await _stands(db, told.cadre, told.standing)
        case intake.DetailsCorrected() as told:
            await _called(db, told.cadre, told.details)
            await _stands(db, told.cadre, told.standing)
        case intake.CadreMoved() as told:
            await _lives(db, told.cadre, told.community)


async def _lives(db: Tables, cadre: UUID, community: UUID | None) -> None:
    await db.execute("UPDATE people SET community = $2 WHERE cadre = $1", cadre, community)


async def _called(db: Tables, cadre: UUID, details: Details | None) -> None:
    if details is None:
        return
    name = "".join(details.name.split()).lower()
    await db.execute("UPDATE people SET name = $2 WHERE cadre = $1", cadre, name)


async def _stands(db: Tables, cadre: UUID, standing: Standing | None) -> None:
    if standing is not None:
        await db.execute("UPDATE people SET category = $2 WHERE cadre = $1", cadre, standing.category.value)


NAMES: dict[type[Event], Handler] = {
    intake.CommunityRegistered: _community,
    intake.CommunityCorrected: _community,
    intake.ServiceDefined: _service,
}
PEOPLE: dict[type[Event], Handler] = dict.fromkeys(
    (
        intake.CadreRegistered,
        intake.ProvisionalPersonRegistered,
        intake.PersonIdentified,
        intake.DetailsCorrected,
        intake.CadreMoved,
    ),
    _person,
)
