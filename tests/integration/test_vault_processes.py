"""Several processes keep keys of the same vault."""

from uuid import uuid4

import asyncpg
import pytest

import shared.vault
from shared.contracts.event import Seal
from shared.migrations import migrate
from shared.vault import LINEAGE, KeyDestroyedError, Vault


async def test_what_one_process_destroys_another_forgets(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It neither seals nor opens with that key once it has looked; others' keys stay."""
    monkeypatch.setattr(shared.vault, "LOOK_SECONDS", 0.0)
    await migrate(database, LINEAGE, "vault_version")
    async with (
        asyncpg.create_pool(database, min_size=1, max_size=2) as here,
        asyncpg.create_pool(database, min_size=1, max_size=2) as there,
    ):
        one, other = Vault(here), Vault(there)
        gone, kept = (uuid4(), Seal.PERSONAL), (uuid4(), Seal.PERSONAL)
        await one.fetch([gone, kept], make=True)
        await other.fetch([gone, kept])
        sealed = one.seal(gone, b"a name", b"header")
        assert other.open(gone, sealed, b"header") == b"a name"
        assert await one.destroy(gone[0]) == 1
        await other.fetch([gone, kept])
        assert other.open(gone, sealed, b"header") is None
        with pytest.raises(KeyDestroyedError):
            other.seal(gone, b"again", b"header")
        assert other.open(kept, one.seal(kept, b"another", b"header"), b"header") == b"another"


async def test_between_two_looks_no_question_is_asked(database: str) -> None:
    """Keys at hand cost nothing: the vault is asked every two seconds at most."""
    await migrate(database, LINEAGE, "vault_version")
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        vault = Vault(pool)
        name = (uuid4(), Seal.PERSONAL)
        await vault.fetch([name], make=True)
        await pool.execute("DROP TABLE keys")
        for _ in range(100):
            await vault.fetch([name])
