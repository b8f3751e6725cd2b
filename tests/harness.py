"""The whole system for a test: real PostgreSQL, every service, a virtual clock, clients for each role."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.control import make_control
from deploy.gateway import Gateway
from deploy.system import System, open_system
from shared.bus import codec
from shared.bus.virtual import advance
from shared.clock import VirtualClock, wall_now
from shared.eventstore.opening import Kind
from shared.eventstore.position import START as BEGINNING
from shared.eventstore.store import EventStore
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER
from shared.roles import Role
from shared.service import Definition

START = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
"""Monday, 1 June 2026, 9:00 in Shanghai: a working day like any other."""

NAMES = ("intake", "matching", "care", "reporting", "identity")
TESTS = Path(__file__).parent


def definitions() -> list[Definition]:
    """Every service."""
    return [
        import_module(f"services.{name}.service").SERVICE
        for name in NAMES
        if TESTS.parent.joinpath("services", name, "service.py").exists()
    ]


class Client(httpx.AsyncClient):
    """A person at work: each command gets a key of its own unless one is given."""

    async def command(
        self, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """POST a command."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.post(
            path, json=body or {}, headers={"Idempotency-Key": key or secrets.token_hex(8), **extra}
        )

    async def done(self, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """POST a command that must succeed; gives its answer."""
        answer = await self.command(path, body, **more)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, path: str, **query: Any) -> Any:
        """GET what must be there."""
        answer = await self.get(path, params=query)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer.json()


@dataclass
class City:
    """A running system with its clock in the test's hand."""

    system: System
    key: Ed25519PrivateKey
    gateway: Gateway
    clients: list[Client] = field(default_factory=list)

    @property
    def clock(self) -> VirtualClock:
        """The virtual clock."""
        assert isinstance(self.system.clock, VirtualClock)
        return self.system.clock

    def store(self, service: str) -> EventStore:
        """A service's event store."""
        return self.system.services[service].store

    def token(self, role: Role, *, sub: str = "", seconds: int = 300, **claims: Any) -> str:
        """A signed token; `communities="*"` is the whole city."""
        now = int(wall_now().timestamp())
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + seconds,
            "jti": secrets.token_hex(8),
            "sub": sub or str(uuid4()),
            "role": role.value,
            **{name: _claim(value) for name, value in claims.items() if value is not None},
        }
        return jwt.encode(body, self.key, algorithm=ALGORITHM)

    def client(self, role: Role, *, sub: str = "", communities: Any = "*", **claims: Any) -> Client:
        """A client for a role; claims: communities, cadre, helper, unit."""
        token = self.token(role, sub=sub, communities=communities, seconds=300, **claims)
        client = Client(
            transport=httpx.ASGITransport(app=self.gateway),
            base_url="http://city",
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
        )
        self.clients.append(client)
        return client

    async def settle(self) -> None:
        """Wait until every event has had its effect."""
        await asyncio.wait_for(self.system.carrier.settle(), 30)

    async def advance(self, **delta: float) -> None:
        """Let this time pass (`minutes=5`, `days=1`), every timer on the way firing at its time."""
        await advance(self.system.carrier, self.clock, self.clock.now() + timedelta(**delta))
        await self.settle()

    async def events(self, service: str) -> list[Any]:
        """All events of a service, in order."""
        store = self.store(service)
        placed = await store.read_all(BEGINNING, 100_000)
        return [one.event for one in await codec.read([p.envelope for p in placed], store.vault)]


def _claim(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return [str(item) for item in value] if isinstance(value, list | tuple | set) else value


_IDLE: dict[tuple[str, ...], list[dict[str, str]]] = {}
"""Sets of databases that a test has left clean, by cluster and services: making new ones costs seconds."""

KEPT = ("meta", "views", "store_version", "vault_version")


async def make_databases(admin_dsn: str, names: Sequence[str]) -> dict[str, str]:
    """Fresh empty databases, one a name; gives their addresses."""
    suffix = secrets.token_hex(4)
    admin = await asyncpg.connect(admin_dsn)
    try:
        for name in names:
            await admin.execute(f"CREATE DATABASE t_{name}_{suffix} TEMPLATE template0")
    finally:
        await admin.close()
    return {name: urlunsplit(urlsplit(admin_dsn)._replace(path=f"/t_{name}_{suffix}")) for name in names}


async def empty(dsn: str) -> None:
    """Take all rows out of a database, but for the marks of what it is."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        names = [
            table["name"]
            for table in tables
            if table["tablename"] not in KEPT and not table["tablename"].endswith("_version")
        ]
        await connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
        if await connection.fetchval("SELECT to_regclass('store.meta') IS NOT NULL"):
            await connection.execute("UPDATE store.meta SET virtual = true, epoch = 1")
    finally:
        await connection.close()


async def _open(
    services: Sequence[Definition], dsns: dict[str, str], files: Path, key: Ed25519PrivateKey
) -> System:
    return await open_system(
        services,
        dsns.__getitem__,
        files,
        key.public_key(),
        kind=Kind(demo=True, virtual=True),
        start=START,
    )


async def drop_databases(admin_dsn: str, dsns: dict[str, str]) -> None:
    """Drop them with whoever is still in them."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        for dsn in dsns.values():
            await admin.execute(f"DROP DATABASE IF EXISTS {urlsplit(dsn).path[1:]} WITH (FORCE)")
    finally:
        await admin.close()


@asynccontextmanager
async def running_city(
    admin_dsn: str, files: Path, services: Sequence[Definition] | None = None
) -> AsyncIterator[City]:
    """A city that runs for as long as the context lasts: every service, or these."""
    services = definitions() if services is None else services
    names = [*(service.name for service in services), "vault"]
    idle = _IDLE.setdefault((admin_dsn, *names), [])
    dsns = idle.pop() if idle else await make_databases(admin_dsn, names)
    key = Ed25519PrivateKey.generate()
    system = await _open(services, dsns, files, key)
    carrying = asyncio.create_task(system.carrier.run())
    city = City(system, key, Gateway(system.apps, make_control(system)))
    try:
        yield city
    finally:
        for client in city.clients:
            await client.aclose()
        system.carrier.stop()
        await asyncio.wait_for(carrying, 20)
        await system.close()
        for dsn in dsns.values():
            await empty(dsn)
        idle.append(dsns)
