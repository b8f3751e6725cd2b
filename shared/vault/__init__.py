"""Keys per person and class, in a database of their own; AES-256-GCM with the envelope's header bound in."""

import os
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.event import Seal
from shared.errors import RefusedError

LINEAGE = Path(__file__).with_name("migrations")
NONCE = 12
NOBODY, SALT = UUID(int=0), "salt"
_MAKE = """
INSERT INTO keys (person, class, key) SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])
ON CONFLICT DO NOTHING RETURNING person, class, key"""
_FIND = """
SELECT person, class, key FROM keys
WHERE (person, class) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))"""


_DESTROYED = """
SELECT person, class, now() AS now FROM keys WHERE destroyed > coalesce($1, now())
UNION ALL SELECT NULL, NULL, now()"""
LOOK_SECONDS = 2.0
"""For so long at most a key that another process has destroyed may still be used here."""
OVERLAP = timedelta(minutes=1)
"""A destruction may become visible so long after the time that it bears."""


class TamperedError(Exception):
    """The ciphertext or its header is not what was written."""


KeyName = tuple[UUID, Seal]


class Vault:
    """Seals and opens; keys are fetched once and kept in memory."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """`pool` leads to the vault's own database."""
        self._pool = pool
        self._ciphers: dict[KeyName, AESGCM | None] = {}
        self._salt = ""
        self._look_at = 0.0
        self._looked: datetime | None = None

    async def fetch(self, names: Iterable[KeyName], *, make: bool = False) -> None:
        """Have these keys at hand, made if missing and `make`."""
        await self._forget_destroyed()
        missing = [name for name in dict.fromkeys(names) if name not in self._ciphers]
        if not missing:
            return
        people, classes = [person for person, _ in missing], [seal.value for _, seal in missing]
        rows = await self._pool.fetch(_FIND, people, classes)
        if make and len(rows) < len(missing):
            keys = [os.urandom(32) for _ in missing]
            made = await self._pool.fetch(_MAKE, people, classes, keys)
            others = len(rows) + len(made) < len(missing)
            rows = await self._pool.fetch(_FIND, people, classes) if others else rows + made
        for row in rows:
            key = row["key"]
            self._ciphers[row["person"], Seal(row["class"])] = AESGCM(key) if key is not None else None

    async def _forget_destroyed(self) -> None:
        """Forget what was destroyed since the last look, by whichever process."""
        if time.monotonic() < self._look_at:
            return
        rows = await self._pool.fetch(_DESTROYED, self._looked)
        for row in rows[:-1]:
            self._ciphers.pop((row["person"], Seal(row["class"])), None)
        self._looked = rows[-1]["now"] - OVERLAP
        self._look_at = time.monotonic() + LOOK_SECONDS

    def seal(self, name: KeyName, plain: bytes, header: bytes) -> bytes:
        """Nonce and ciphertext of `plain`, bound to `header`; its key must have been fetched."""
        cipher = self._ciphers[name]
        if cipher is None:
            raise KeyDestroyedError
        nonce = os.urandom(NONCE)
        return nonce + cipher.encrypt(nonce, plain, header)

    def open(self, name: KeyName, sealed: bytes, header: bytes) -> bytes | None:
        """The plain bytes; None when the key was destroyed; TamperedError when anything was changed."""
        cipher = self._ciphers.get(name)
        if cipher is None:
            return None
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], header)
        except InvalidTag as error:
            raise TamperedError(str(name)) from error

    async def salt(self) -> str:
        """A secret of this bureau's, made once, in hex: ids derived from what identifies a person need it.

        Without it an id could be tried out from every possible ID number, even after the keys are gone.
        """
        if not self._salt:
            await self._pool.execute(_MAKE, [NOBODY], [SALT], [os.urandom(32)])
            key: bytes = await self._pool.fetchval(
                "SELECT key FROM keys WHERE person = $1 AND class = $2", NOBODY, SALT
            )
            self._salt = key.hex()
        return self._salt

    async def destroy(self, person: UUID) -> int:
        """Destroy all keys of a person for ever; gives how many there were."""
        done = await self._pool.execute(
            "UPDATE keys SET key = NULL, destroyed = now() WHERE person = $1 AND key IS NOT NULL", person
        )
        for seal in Seal:
            self._ciphers.pop((person, seal), None)
        return int(done.rsplit(" ", 1)[-1])


class KeyDestroyedError(RefusedError):
    """This person's data were erased for good: nothing more can be written about them."""

    zh = "此人的数据已永久销毁，不能再作记录。"
