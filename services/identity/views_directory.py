"""What identity calls communities by, as intake has said."""

from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

COMMUNITY = """
INSERT INTO communities VALUES ($1, $2, $3)
ON CONFLICT (community) DO UPDATE SET name = excluded.name, subdistrict = excluded.subdistrict"""


async def _community(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.CommunityRegistered | intake.CommunityCorrected):
        await db.execute(COMMUNITY, event.community, event.name, event.subdistrict)


DIRECTORY: dict[type[Event], Handler] = {
    intake.CommunityRegistered: _community,
    intake.CommunityCorrected: _community,
}
