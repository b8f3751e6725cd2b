"""Each service's copy of when the sign-ins of an account have ended: those from before are refused at once.

When is a version of the account's stream. A service that has followed identity only since an upgrade lacks
what came before, and needs none of it: a token that is issued now is of a later version.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

import asyncpg

from shared.bus.recorded import Recorded
from shared.contracts.identity import AccountDisabled, PasswordSet, SignedOutEverywhere
from shared.eventstore.tables import Tables
from shared.eventstore.views import View

DDL = "CREATE TABLE ended (account uuid PRIMARY KEY, version int NOT NULL)"
_END = "INSERT INTO ended VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET version = excluded.version"
_ENDED = "SELECT account, version FROM ended WHERE account = ANY ($1)"
_SINCE = "SELECT EXISTS (SELECT FROM ended WHERE account = $1 AND version > $2)"


async def _end(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, PasswordSet | SignedOutEverywhere | AccountDisabled):
        await db.execute(_END, event.account, recorded.envelope.stream_version)


ENDED = View("ended", DDL, {PasswordSet: _end, SignedOutEverywhere: _end, AccountDisabled: _end})


async def since(pool: asyncpg.Pool, account: UUID, version: int) -> bool:
    """Whether all sign-ins of the account have ended since this version, as far as this service knows."""
    found: bool = await pool.fetchval(_SINCE, account, version)
    return found


async def versions(pool: asyncpg.Pool, accounts: Collection[UUID]) -> Mapping[UUID, int]:
    """Of each of these accounts whose sign-ins have ended, at which version that was last."""
    return dict(await pool.fetch(_ENDED, list(accounts)))  # type: ignore[arg-type]
