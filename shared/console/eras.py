"""Each service's copy of the eras of accounts: a sign-in of an older one has ended, here as everywhere."""

from uuid import UUID

import asyncpg

from shared.bus.recorded import Recorded
from shared.contracts.identity import AccountDisabled, PasswordSet, SignedOutEverywhere
from shared.eventstore.tables import Tables
from shared.eventstore.views import View

DDL = "CREATE TABLE eras (account uuid PRIMARY KEY, era int NOT NULL)"
NEXT = "INSERT INTO eras AS e VALUES ($1, 1) ON CONFLICT (account) DO UPDATE SET era = e.era + 1"
OVER = "SELECT EXISTS (SELECT FROM eras WHERE account = $1 AND era > $2)"


async def _begun(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, PasswordSet | SignedOutEverywhere | AccountDisabled):
        await db.execute(NEXT, event.account)


ERAS = View("eras", DDL, {PasswordSet: _begun, SignedOutEverywhere: _begun, AccountDisabled: _begun})
"""It counts what `evolve` of identity's account counts."""


async def over(pool: asyncpg.Pool, account: UUID, era: int) -> bool:
    """Whether all sign-ins of this era of the account have ended, as far as this service knows."""
    ended: bool = await pool.fetchval(OVER, account, era)
    return ended
