"""Refresh tokens: opaque, stored hashed, changed at each use; one used twice ends its whole family."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from shared.clock import wall_now

HOURS = 12
"""How long a sign-in lasts, however often it is refreshed."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a refresh token stands for, and the one that takes its place."""

    account: UUID
    role: str
    era: int
    family: UUID
    token: str


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def begin(pool: asyncpg.Pool, account: UUID, role: str, era: int) -> Session:
    """A new family with its first token. Families that are over go at the same time."""
    now, family, token = wall_now(), uuid4(), secrets.token_urlsafe(32)
    async with pool.acquire() as db, db.transaction():
        await db.execute("DELETE FROM sessions.families WHERE expires < $1", now)
        await db.execute(
            "INSERT INTO sessions.families (family, account, role, era, expires) VALUES ($1, $2, $3, $4, $5)",
            family,
            account,
            role,
            era,
            now + timedelta(hours=HOURS),
        )
        await db.execute("INSERT INTO sessions.tokens (hash, family) VALUES ($1, $2)", _hash(token), family)
    return Session(account, role, era, family, token)


async def rotate(pool: asyncpg.Pool, token: str) -> Session | None:
    """Use a token up and give the next; None when it isn't good any more.

    A token that was used before is in two hands: its family ends.
    """
    now, fresh = wall_now(), secrets.token_urlsafe(32)
    async with pool.acquire() as db, db.transaction():
        row = await db.fetchrow(
            "SELECT f.family, f.account, f.role, f.era, f.ended, f.expires, t.used FROM sessions.tokens t "
            "JOIN sessions.families f USING (family) WHERE t.hash = $1 FOR UPDATE",
            _hash(token),
        )
        if row is None or row["ended"] is not None or row["expires"] <= now:
            return None
        if row["used"] is not None:
            await db.execute("UPDATE sessions.families SET ended = $2 WHERE family = $1", row["family"], now)
            return None
        await db.execute("UPDATE sessions.tokens SET used = $2 WHERE hash = $1", _hash(token), now)
        await db.execute(
            "INSERT INTO sessions.tokens (hash, family) VALUES ($1, $2)", _hash(fresh), row["family"]
        )
    return Session(row["account"], row["role"], row["era"], row["family"], fresh)


async def end(pool: asyncpg.Pool, token: str) -> None:
    """End the family of a token; nothing when it is unknown."""
    await pool.execute(
        "UPDATE sessions.families SET ended = $2 WHERE ended IS NULL "
        "AND family = (SELECT family FROM sessions.tokens WHERE hash = $1)",
        _hash(token),
        wall_now(),
    )
