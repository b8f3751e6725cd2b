"""Sign-ins in browsers: opaque, stored hashed, the same for twelve hours, as several tabs renew at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from shared.clock import wall_now

HOURS = 12
SECONDS = HOURS * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in; `role` is empty until one of several is chosen."""

    account: UUID
    role: str
    era: int
    token: str

    @property
    def form(self) -> str:
        """What its forms bring back; it tells nothing of the token."""
        return hashlib.sha256(b"form " + self.token.encode()).hexdigest()[:32]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def begin(pool: asyncpg.Pool, account: UUID, role: str, era: int) -> Session:
    """A new one. Those that are over go at the same time."""
    now, token = wall_now(), secrets.token_urlsafe(32)
    await pool.execute("DELETE FROM sessions.consoles WHERE expires < $1", now)
    await pool.execute(
        "INSERT INTO sessions.consoles (hash, account, role, era, expires) VALUES ($1, $2, $3, $4, $5)",
        _hash(token),
        account,
        role,
        era,
        now + timedelta(hours=HOURS),
    )
    return Session(account, role, era, token)


async def find(pool: asyncpg.Pool, token: str) -> Session | None:
    """The sign-in of a browser's cookie; None when there is none, or it is over."""
    row = await pool.fetchrow(
        "SELECT account, role, era FROM sessions.consoles WHERE hash = $1 AND expires > $2",
        _hash(token),
        wall_now(),
    )
    return None if row is None else Session(row["account"], row["role"], row["era"], token)


async def choose(pool: asyncpg.Pool, session: Session, role: str) -> None:
    """Go on in this role."""
    await pool.execute("UPDATE sessions.consoles SET role = $2 WHERE hash = $1", _hash(session.token), role)


async def end(pool: asyncpg.Pool, token: str) -> None:
    """End the sign-in; nothing when it is unknown."""
    await pool.execute("DELETE FROM sessions.consoles WHERE hash = $1", _hash(token))
