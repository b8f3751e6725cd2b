"""Passwords as Argon2id hashes, computed beside the event loop, few at a time."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TOGETHER = 2
"""How many are computed at once: each takes 64 MiB and tens of milliseconds of a core."""

_hasher = PasswordHasher()  # argon2-cffi's defaults are RFC 9106's low-memory recommendation
_turn = asyncio.Semaphore(TOGETHER)


async def hashed(password: str) -> str:
    """The hash to keep."""
    async with _turn:
        return await asyncio.to_thread(_hasher.hash, password)


async def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password. Takes as long when there is none to compare with."""
    async with _turn:
        return await asyncio.to_thread(_matches, password, kept)


def _matches(password: str, kept: str | None) -> bool:
    try:
        _hasher.verify(kept or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _decoy() -> str:
    """The hash that an unknown login is compared with."""
    return _hasher.hash("nobody's password")
