"""An account: who may sign in, with which roles over what, and from when its sessions count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from shared import ids
from shared.actors import ROLES_ZH
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.identity import (
    AccountDisabled,
    AccountEnabled,
    AccountOpened,
    Grant,
    GrantsChanged,
    PasswordSet,
    SignedOutEverywhere,
)
from shared.contracts.values import ControlCharacterError, Line, Reason
from shared.errors import InvalidError, RefusedError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Role

Login = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")
]
"""A login: ASCII, compared without case."""


def _encodable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError as error:
        raise ControlCharacterError from error
    return secret


Secret = Annotated[SecretStr, Field(min_length=1, max_length=200), AfterValidator(_encodable)]
"""Something secret that can be written in UTF-8: half a surrogate pair can't."""

Password = Annotated[Secret, Field(min_length=10, max_length=128)]
"""At least ten characters. A SecretStr dumps as asterisks, so no hash of a command's body tells of it."""

Grants = Annotated[tuple[Grant, ...], Field(min_length=1, max_length=15)]

BOUND_TO_HELPER = frozenset({Role.VOLUNTEER, Role.CARE_WORKER, Role.ORGANISATION, Role.CLINIC})
BOUND = BOUND_TO_HELPER | {Role.FAMILY, Role.UNIT_LIAISON}
"""The roles that reach their own things only, so that a grant must say which."""


DEMO = "demo."
"""How the logins of a demo's own accounts begin; they have no password, and one enters by a click."""


def demo_name(role: Role) -> str:
    """The name of the demo's account of a role."""
    return f"演示{ROLES_ZH[role]}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an account is. `era` counts the moments at which all its sessions ended, `version` its events."""

    account: UUID
    login: str
    name: str
    grants: tuple[Grant, ...]
    hash: str | None = None
    era: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Open:
    """May sign in, once it has a password."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Disabled:
    """May not sign in."""

    facts: Facts


Account = Open | Disabled


class OpenAccount(Command):
    """Let somebody sign in; without a password only once one is set."""

    login: Login
    name: Line
    grants: Grants
    password: Password | None = None


class ChangeGrants(Command):
    """All grants, as they are to be."""

    grants: Grants


class SetPassword(Command):
    """Give an account another password."""

    password: Password


class ChangeOwnPassword(Command):
    """Give oneself another password."""

    old: Secret
    new: Password


class KeepPassword(Command):
    """What becomes of a password on its way in: its Argon2id hash."""

    hash: Annotated[SecretStr, Field(min_length=20, max_length=400)]


class SignOutEverywhere(Command):
    """End every session of the account."""


class DisableAccount(Command):
    """Let the account sign in no more."""

    reason: Reason


class EnableAccount(Command):
    """Let the account sign in again."""


class LoginTakenError(RefusedError):
    """There is an account with this login already. Choose another login, or change that account."""

    zh = "这个登录名已有账户。请换一个登录名，或修改原账户。"


class SameRoleTwiceError(InvalidError):
    """An account has each role once at the most. Put the communities into one grant."""

    zh = "同一账户的每种角色只能授予一次。请把社区并入同一条授权。"


class UnboundGrantError(InvalidError):
    """The role {role} needs {needed} in its grant: it reaches its own things only. Add it."""

    zh = "角色“{role}”只及于本人事务，授权中须有 {needed}。请补上。"


class OwnAccountError(RefusedError):
    """You can't disable your own account. Ask another administrator."""

    zh = "不能停用自己的账户。请另一位管理员办理。"


def account_id(login: str) -> UUID:
    """The id of the account with this login: one login, one stream, so it can't be taken twice."""
    return ids.derive(ids.EPOCH, "account", login.strip().lower())


def evolve(account: Account | None, event: Event) -> Account:
    """The account after this event."""
    if isinstance(event, AccountOpened):
        return Open(Facts(event.account, event.login, event.name, event.grants))
    if account is None:
        raise LookupError(type(event).__name__)
    facts = replace(account.facts, version=account.facts.version + 1)
    match event:
        case GrantsChanged():
            return replace(account, facts=replace(facts, grants=event.grants))
        case PasswordSet():
            return replace(account, facts=replace(facts, hash=event.hash, era=facts.era + 1))
        case SignedOutEverywhere():
            return replace(account, facts=replace(facts, era=facts.era + 1))
        case AccountDisabled():
            return Disabled(replace(facts, era=facts.era + 1))
        case AccountEnabled():
            return Open(facts)
        case _:
            return replace(account, facts=facts)


def decide(account: Account | None, command: Command, moment: Moment) -> Sequence[Event]:
    """What follows from the command."""
    if isinstance(command, OpenAccount):
        if account is not None:
            raise LoginTakenError("login")
        _check(command.grants)
        return [
            AccountOpened(
                account=moment.aggregate, login=command.login, grants=command.grants, name=command.name
            )
        ]
    if account is None:
        return []
    facts = account.facts
    match command:
        case ChangeGrants():
            _check(command.grants)
            changed = command.grants != facts.grants
            return [GrantsChanged(account=facts.account, grants=command.grants)] if changed else []
        case KeepPassword():
            return [PasswordSet(account=facts.account, hash=command.hash.get_secret_value())]
        case SignOutEverywhere():
            return [SignedOutEverywhere(account=facts.account)]
        case DisableAccount() if isinstance(account, Open):
            if moment.by.sub == str(facts.account):
                raise OwnAccountError
            return [AccountDisabled(account=facts.account, reason=command.reason)]
        case EnableAccount() if isinstance(account, Disabled):
            return [AccountEnabled(account=facts.account)]
        case _:
            return []


def _check(grants: Sequence[Grant]) -> None:
    """Each role once, each bound to what it needs. SameRoleTwiceError, UnboundGrantError."""
    if len({grant.role for grant in grants}) < len(grants):
        raise SameRoleTwiceError("grants")
    for grant in grants:
        needed = ""
        if grant.role in BOUND_TO_HELPER and grant.helper is None:
            needed = "helper"
        elif grant.role is Role.FAMILY and grant.cadre is None:
            needed = "cadre"
        elif grant.role is Role.UNIT_LIAISON and not grant.unit:
            needed = "unit"
        if needed:
            raise UnboundGrantError("grants", role=grant.role.value, needed=needed)


ACCOUNT: Decider[Account] = Decider("account", "account", evolve, decide, by_cadre=False)
