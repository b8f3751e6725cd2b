"""Care's own copy of the register: who is frail, which community is responsible, who may know."""

from uuid import UUID

from services.care.register import files
from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

STANDING = """
INSERT INTO people AS p (cadre, community, unit, category) VALUES ($1, $2, $3, $4)
ON CONFLICT (cadre) DO UPDATE SET community = coalesce(excluded.community, p.community),
    unit = excluded.unit, category = excluded.category"""
MARK = "INSERT INTO people (cadre, {0}) VALUES ($1, $2) ON CONFLICT (cadre) DO UPDATE SET {0} = excluded.{0}"


async def _registered(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.ProvisionalPersonRegistered):
        await _mark(db, event.cadre, "community", event.community)
    elif isinstance(event, intake.CadreRegistered | intake.PersonIdentified):
        standing = event.standing
        await db.execute(STANDING, event.cadre, event.community, standing.managing_unit, standing.category)


async def _corrected(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.DetailsCorrected) and event.standing:
        await db.execute(STANDING, event.cadre, None, event.standing.managing_unit, event.standing.category)


async def _marked(db: Tables, recorded: Recorded) -> None:
    match recorded.event:
        case intake.CadreMoved() as event:
            await _mark(db, event.cadre, "community", event.community)
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
