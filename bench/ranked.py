"""From the POST of a request to its ranked candidates being readable, at 20 requests a second.

The real system in a server process of its own: HTTP, tokens, duplicate check, triage, sealing, two services,
the ranking of all helpers, the view. Against a bare pipeline in another: HTTP, insert, poll, insert.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.asking import Asked, Bare, City
from bench.bare_pipeline import TABLES
from bench.ground import Ground
from bench.measure import Line, Scale
from bench.serving import serving
from deploy.client import Client, Signer
from deploy.services import SERVICES


@asynccontextmanager
async def _both(ground: Ground, helpers: int, cadres: int) -> AsyncIterator[tuple[City, Bare]]:
    """The two servers, each in a process of its own."""
    key = Ed25519PrivateKey.generate()
    bare_dsn = await ground.database()
    connection: Any = await asyncpg.connect(bare_dsn)
    await connection.execute(TABLES)
    await connection.close()
    names = [*(service.name for service in SERVICES), "vault"]
    config = {
        "dsns": {name: await ground.database() for name in names},
        "files": str(ground.folder),
        "public_key": key.public_key().public_bytes_raw().hex(),
    }
    async with (
        serving(config) as address,
        serving({"dsn": bare_dsn}) as bare_address,
        Client(address, Signer(key, seconds=6 * 3600)) as client,
        httpx.AsyncClient(base_url=bare_address, trust_env=False) as http,
    ):
        city = City(client)
        await city.fill(helpers, cadres)
        yield city, Bare(http)


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """In one process, with the local carrier."""
    asked = Asked(scale, "POST → bare insert → poll → insert → readable", 3.0, "both wake within the process")
    async with _both(ground, asked.helpers, asked.cadres) as (city, bare):
        return await asked.compare(city, bare)
