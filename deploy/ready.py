"""A ready token per role, bound to people of the demo where a role reaches its own things only."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.client import Client, Who
from deploy.errors import DeployError
from deploy.folder import DataFolder, RunState
from deploy.tokens import BOUND, person, signer
from services.identity.domain.account import DEMO, demo_name
from shared.contracts.values import HelperKind
from shared.roles import Role

KINDS = {
    Role.VOLUNTEER: HelperKind.VOLUNTEER,
    Role.CARE_WORKER: HelperKind.STAFF,
    Role.ORGANISATION: HelperKind.ORGANISATION,
    Role.CLINIC: HelperKind.INSTITUTION,
}
OPERATOR = person(Role.OPERATOR)


@dataclass(frozen=True)
class Ready:
    """What a demo has at hand: a token per role, and the id of a cadre whose history is worth a look."""

    tokens: Mapping[Role, str] = field(default_factory=dict)
    cadre: str = ""


async def ready(folder: DataFolder, state: RunState) -> Ready:
    """What this demo has, its tokens kept in `tokens.json` too; nothing for a bureau's own data.

    A role that reaches its own things only has a token once the demo has somebody for it.
    """
    if not state.demo:
        return Ready()
    sign = signer(folder.path)
    people = {role: person(role) for role in Role if role not in BOUND}
    async with Client(state.address, sign, patience=2) as client:
        for role, kind in KINDS.items():
            if helper := await helper_of(client, kind):
                people[role] = person(role, helper=helper["helper"])
        cadre = await _first(client, "/intake/api/v1/cadres")
        if cadre:
            people[Role.FAMILY] = person(Role.FAMILY, cadre=cadre["id"])
            if cadre.get("unit"):
                people[Role.UNIT_LIAISON] = person(Role.UNIT_LIAISON, unit=cadre["unit"])
        helped = await _first(client, "/intake/api/v1/requests", state="Closed")
        if not state.loading:
            for role in BOUND:
                if role in people:
                    await _may_enter(client, people[role])
    tokens = {role: sign.token(people[role]) for role in Role if role in people}
    folder.keep_tokens({role.value: token for role, token in tokens.items()})
    return Ready(tokens, helped["cadre"] if helped else "")


async def _may_enter(client: Client, who: Who) -> None:
    """An account of the demo, without a password, for the page where one enters; once there, it stays."""
    bound = {"cadre": who.cadre, "helper": who.helper, "unit": who.unit}
    grant = {"role": who.role.value, "communities": None}
    grant |= {what: str(value) for what, value in bound.items() if value}
    login = DEMO + who.role.value
    body = {"login": login, "name": demo_name(who.role), "grants": [grant]}
    admin = person(Role.ADMIN)
    with suppress(DeployError, httpx.HTTPError):
        await client.send(admin, "POST", "/identity/api/v1/accounts", body=body, key=f"open-{login}")


async def helper_of(client: Client, kind: HelperKind) -> Any:
    """The demo's own helper of a kind: of those who may be asked most often, the first; None without any."""
    try:
        found = client.pages(OPERATOR, "/matching/api/v1/helpers", kind=kind.value, state="Active")
        return max([one async for one in found], key=lambda one: one["capacity"], default=None)
    except (DeployError, httpx.HTTPError):
        return None


async def _first(client: Client, path: str, **query: Any) -> Any:
    """The first of a list; None when the list is empty or can't be had, since a token less is no harm."""
    try:
        found = await client.read(OPERATOR, path, limit=1, **query)
    except (DeployError, httpx.HTTPError):
        return None
    return next(iter(found["items"]), None)
