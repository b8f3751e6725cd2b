"""Reporting's archive with notes about cadres in it, for the measures of the history."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.ground import Ground
from bench.notes import Writer
from deploy.system import open_system
from services.reporting.archive import keep
from services.reporting.service import SERVICE
from shared.clock import wall_now
from shared.eventstore.opening import Kind
from shared.service import Running

FILL = """
WITH head AS (SELECT max(number) AS last FROM archive.arrivals), sample AS (
    SELECT header, data, hash FROM archive.arrivals LIMIT 1
), listed AS (
    INSERT INTO view_history.entries (cadre, number, recorded, id, type, case_id)
    SELECT md5(((last + n) / 20)::text)::uuid, last + n, now(), gen_random_uuid(), 'bench.Noted', NULL
    FROM head, generate_series(1, $1) AS n
)
INSERT INTO archive.arrivals (number, source, stream, stream_version, id, case_id, header, data, hash)
SELECT last + n, 'bench', 'note-' || gen_random_uuid(), 1, gen_random_uuid(), NULL, header, data, hash
FROM head, sample, generate_series(1, $1) AS n
"""
"""Envelopes of other cadres, twenty each; the archive must have one envelope for a sample."""


@asynccontextmanager
async def standing_archive(ground: Ground) -> AsyncIterator[Running]:
    """An empty reporting service; its carrier doesn't run, so that nothing else happens."""
    dsns = {name: await ground.database() for name in (SERVICE.name, "vault")}
    key = Ed25519PrivateKey.generate().public_key()
    kind = Kind(demo=True, virtual=False)
    system = await open_system([SERVICE], dsns.__getitem__, ground.folder, key, kind=kind, start=wall_now())
    try:
        yield system.services[SERVICE.name]
    finally:
        await system.close()


async def tell(running: Running, writer: Writer, events: int) -> UUID:
    """Let so many notes about the writer's cadre arrive; gives the cadre."""
    work, answer = writer.work(events)
    _, written = await running.store.prepare(work, answer=answer)
    writer.written(written)
    await keep(running.store.pool, written.envelopes)
    return writer.stream
