"""What a system needs before its first request: the catalogue, the first administrator, whole data."""

from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from deploy.postgres import DATABASES, EmbeddedPostgres
from deploy.system import System
from services.intake.catalogue import define_services


@dataclass(frozen=True)
class Administrator:
    """The first account of a bureau's own data."""

    login: str
    password: str


async def begin_anew(postgres: EmbeddedPostgres) -> None:
    """Empty the databases: those of a demo whose past was never made to its end."""
    admin = await asyncpg.connect(postgres.superuser_dsn)
    try:
        for name in DATABASES:
            role = f"jiujin_{name}"
            await admin.execute(f"DROP DATABASE IF EXISTS {role} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {role} OWNER {role}")
            await admin.execute(f"REVOKE ALL ON DATABASE {role} FROM PUBLIC")
    finally:
        await admin.close()


async def furnish(system: System, progress: Callable[[str], None]) -> None:
    """Define the services that the catalogue lacks; nothing at a later start."""
    if "intake" in system.services and await define_services(system.services["intake"].store):
        progress("defined the catalogue of services")


async def open_first_account(system: System, first: Administrator, progress: Callable[[str], None]) -> None:
    """Open the first administrator's account."""
    raise NotImplementedError
