"""Who there is to take a step of a funding case, by name."""

from collections.abc import Iterable
from typing import NamedTuple

import asyncpg
import orjson

from services.care.domain.funding_states import Facts, Next, barred
from shared import access
from shared.bus.envelope import Actor
from shared.contracts.identity import Grant
from shared.errors import DomainError
from shared.roles import Principal, Resource

HAVING = """
SELECT account, name, grants FROM accounts
WHERE NOT disabled AND EXISTS (
    SELECT FROM jsonb_array_elements(grants) AS one WHERE one ->> 'role' = ANY ($1::text[]))
ORDER BY name, account"""


class Colleague(NamedTuple):
    """An account with its name, and the roles in which it may take the step."""

    account: str
    name: str
    roles: tuple[str, ...]


async def named(pool: asyncpg.Pool, accounts: Iterable[str]) -> dict[str, str]:
    """The names of accounts, as far as care has heard of them."""
    rows = await pool.fetch("SELECT account, name FROM accounts WHERE account = ANY ($1)", list(accounts))
    return {row["account"]: row["name"] for row in rows}


async def able(pool: asyncpg.Pool, facts: Facts, step: Next, resource: Resource) -> list[Colleague]:
    """Everybody with an account who may take this step of this case."""
    rows = await pool.fetch(HAVING, [role.value for role in step.roles])
    found: list[Colleague] = []
    for row in rows:
        roles = tuple(
            grant.role.value
            for grant in _granted(row["grants"])
            if _may(row["account"], grant, facts, step, resource)
        )
        if roles:
            found.append(Colleague(row["account"], row["name"], roles))
    return found


def _granted(told: str) -> list[Grant]:
    return [Grant.model_validate(one) for one in orjson.loads(told)]


def _may(account: str, grant: Grant, facts: Facts, step: Next, resource: Resource) -> bool:
    who = Principal(
        account,
        grant.role,
        None if grant.communities is None else frozenset(grant.communities),
        grant.cadre,
        grant.helper,
        grant.unit,
    )
    if barred(facts, step, Actor(account, grant.role.value)):
        return False
    try:
        access.check(who, f"care.{step.command}", resource)
    except DomainError:
        return False
    return True
