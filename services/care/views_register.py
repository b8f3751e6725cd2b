"""Care's own copy of the register: who it is and where, who is frail, who is responsible, who may know."""

from uuid import UUID

import orjson

from services.care.register import files
from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import Details, Point, Residence
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

STANDING = """
INSERT INTO people AS p (cadre, community, unit, category) VALUES ($1, $2, $3, $4)
ON CONFLICT (cadre) DO UPDATE SET community = coalesce(excluded.community, p.community),
    unit = excluded.unit, category = excluded.category"""
DETAILS = """
INSERT INTO people (cadre, name, phones, address, home) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (cadre) DO UPDATE SET name = excluded.name, phones = excluded.phones,
    address = excluded.address, home = excluded.home"""
GUARANTORS = """
INSERT INTO people (cadre, guarantors) VALUES ($1, $2)
ON CONFLICT (cadre) DO UPDATE SET guarantors = excluded.guarantors"""
RESIDENCE = "UPDATE people SET address = $2, home = $3 WHERE cadre = $1"
MARK = "INSERT INTO people (cadre, {0}) VALUES ($1, $2) ON CONFLICT (cadre) DO UPDATE SET {0} = excluded.{0}"


async def _registered(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.ProvisionalPersonRegistered):
        await _mark(db, event.cadre, "community", event.community)
        await _detail(db, event.cadre, event.details)
    elif isinstance(event, intake.CadreRegistered | intake.PersonIdentified):
        standing = event.standing
        await db.execute(STANDING, event.cadre, event.community, standing.managing_unit, standing.category)
        await _detail(db, event.cadre, event.details)


async def _corrected(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.DetailsCorrected):
        if event.standing:
            unit, category = event.standing.managing_unit, event.standing.category
            await db.execute(STANDING, event.cadre, None, unit, category)
        await _detail(db, event.cadre, event.details)


async def _detail(db: Tables, cadre: UUID, details: Details | None) -> None:
    """Nothing of somebody whose key was destroyed."""
    if details is not None:
        home = _json(details.home)
        await db.execute(DETAILS, cadre, details.name, list(details.phones), details.address, home)


def _json(home: Point | None) -> str | None:
    return home.model_dump_json() if home else None


async def _guaranteed(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.GuarantorsNamed):
        named = [one.model_dump(mode="json") for one in event.guarantors or ()]
        await db.execute(GUARANTORS, event.cadre, orjson.dumps(named).decode())


async def _marked(db: Tables, recorded: Recorded) -> None:
    match recorded.event:
        case intake.CadreMoved() as event:
            await _mark(db, event.cadre, "community", event.community)
            there = event.residence or Residence()
            for one in await files(db, event.cadre):
                await db.execute(RESIDENCE, one, there.address, _json(there.home))
        case intake.CadreAdmitted() as event:
            await _mark(db, event.cadre, "admitted", value=True)
        case intake.CadreDischarged() as event:
            await _mark(db, event.cadre, "admitted", value=False)
        case intake.CadreDeceased() as event:
            await _mark(db, event.cadre, "deceased", value=True)
        case intake.DeathRetracted() as event:
            for one in event.about():
                await _mark(db, one, "deceased", value=False)
        case intake.ConsentRecorded() as event:
            await _mark(db, event.cadre, "family_reads_medical", event.family_reads_medical)


async def _mark(db: Tables, cadre: UUID, column: str, value: UUID | bool | None) -> None:  # noqa: FBT001
    """The same in all files of one person: what care has under a merged one goes with the cadre."""
    for one in await files(db, cadre):
        await db.execute(MARK.format(column), one, value)


async def _assessed(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.HardshipAssessed):
        if event.corrects:
            await db.execute("DELETE FROM hardships WHERE assessment = $1", event.corrects)
        await db.execute(
            "INSERT INTO hardships VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            event.assessment,
            event.cadre,
            event.flag,
            event.validity.valid_from,
            event.validity.valid_to,
        )


async def _withdrawn(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.HardshipWithdrawn):
        await db.execute(
            "UPDATE hardships SET valid_to = $2::date - 1 WHERE assessment = $1",
            event.assessment,
            event.until,
        )


async def _joined(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.CadresMerged):
        await db.execute(
            "INSERT INTO merged VALUES ($1, $2), ($2, $1) ON CONFLICT DO NOTHING", event.cadre, event.merged
        )


HANDLERS: dict[type[Event], Handler] = {
    intake.CadreRegistered: _registered,
    intake.ProvisionalPersonRegistered: _registered,
    intake.PersonIdentified: _registered,
    intake.DetailsCorrected: _corrected,
    intake.GuarantorsNamed: _guaranteed,
    intake.CadreMoved: _marked,
    intake.CadreAdmitted: _marked,
    intake.CadreDischarged: _marked,
    intake.CadreDeceased: _marked,
    intake.DeathRetracted: _marked,
    intake.ConsentRecorded: _marked,
    intake.HardshipAssessed: _assessed,
    intake.HardshipWithdrawn: _withdrawn,
    intake.CadresMerged: _joined,
}
