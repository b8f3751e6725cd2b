"""What care calls communities and accounts by, as intake and identity have said."""

import orjson

from shared.bus.recorded import Recorded
from shared.contracts import identity, intake
from shared.contracts.event import Event
from shared.contracts.identity import Grant
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

COMMUNITY = """
INSERT INTO communities VALUES ($1, $2, $3)
ON CONFLICT (community) DO UPDATE SET name = excluded.name, subdistrict = excluded.subdistrict"""
ACCOUNT = """
INSERT INTO accounts (account, {0}) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET {0} = excluded.{0}"""


async def _community(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.CommunityRegistered | intake.CommunityCorrected):
        await db.execute(COMMUNITY, event.community, event.name, event.subdistrict)


async def _account(db: Tables, recorded: Recorded) -> None:
    match recorded.event:
        case identity.AccountOpened() as event:
            await db.execute(ACCOUNT.format("name"), str(event.account), event.name)
            await _granted(db, event, event.grants)
        case identity.GrantsChanged() as event:
            await _granted(db, event, event.grants)
        case identity.AccountDisabled() | identity.AccountEnabled() as event:
            disabled = isinstance(event, identity.AccountDisabled)
            await db.execute(ACCOUNT.format("disabled"), str(event.account), disabled)


async def _granted(
    db: Tables, event: identity.AccountOpened | identity.GrantsChanged, grants: tuple[Grant, ...]
) -> None:
    told = orjson.dumps([grant.model_dump(mode="json") for grant in grants]).decode()
    await db.execute(ACCOUNT.format("grants"), str(event.account), told)


DIRECTORY: dict[type[Event], Handler] = {
    intake.CommunityRegistered: _community,
    intake.CommunityCorrected: _community,
    identity.AccountOpened: _account,
    identity.GrantsChanged: _account,
    identity.AccountDisabled: _account,
    identity.AccountEnabled: _account,
}
