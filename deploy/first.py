"""What a system needs before its first request: the catalogue, and of its own data an administrator."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import SecretStr, ValidationError

from deploy.errors import FirstAccountError
from services.identity.domain.account import ACCOUNT, KeepPassword, OpenAccount, account_id
from services.identity.passwords import hashed
from services.intake.catalogue import define_services
from shared.bus.envelope import Actor
from shared.contracts.identity import Grant
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work
from shared.roles import Role

RULES = {
    "login": "2 to 40 of a-z, 0-9, dot, dash and underscore, beginning with one of the first two",
    "password": "10 to 128 characters",
}
"""What the first account's fields must be, in words."""


@dataclass(frozen=True)
class Administrator:
    """The first account of a bureau's own data."""

    login: str
    password: str = field(repr=False)


async def furnish(intake: EventStore, progress: Callable[[str], None]) -> None:
    """Define the services that the catalogue lacks; nothing at a later start."""
    if await define_services(intake):
        progress("defined the catalogue of services")


def command_of(first: Administrator) -> OpenAccount:
    """The command that opens the account; FirstAccountError when login or password won't do."""
    grant = Grant(role=Role.ADMIN, communities=None)
    try:
        return OpenAccount.model_validate(
            {"login": first.login, "name": first.login, "grants": (grant,), "password": first.password}
        )
    except ValidationError as error:
        field_ = str(error.errors(include_input=False)[0]["loc"][0])
        raise FirstAccountError(field=field_, rule=RULES.get(field_, "a short text")) from None


async def open_first_account(
    identity: EventStore, first: Administrator, progress: Callable[[str], None]
) -> None:
    """Open the first administrator's account, unless a start that was cut short has done so."""
    command = command_of(first)
    work = Work(identity, Actor("system:identity/first_account", "system"), seed="first account")
    account = account_id(first.login)
    if await work.load(ACCOUNT, account) is None:
        await work.execute(ACCOUNT, account, command)
        await work.execute(ACCOUNT, account, KeepPassword(hash=SecretStr(await hashed(first.password))))
        await identity.commit(work)
        progress(f"the administrator {command.login} may sign in")
