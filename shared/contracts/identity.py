"""Events of identity: accounts, what they may, their passwords as Argon2 hashes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.event import Event, Frozen, Personal
from shared.contracts.values import Brief
from shared.roles import Role


class Grant(Frozen):
    """A role with its scope. `communities` is None for the whole city."""

    role: Role
    communities: Annotated[tuple[UUID, ...], Field(max_length=200)] | None = ()
    cadre: UUID | None = None
    helper: UUID | None = None
    unit: Brief = ""


class AccountOpened(Event, name="identity.AccountOpened", subject="account"):
    """Somebody may sign in."""

    account: UUID
    login: str
    grants: tuple[Grant, ...]
    name: Personal[str]


class GrantsChanged(Event, name="identity.GrantsChanged"):
    """All grants, as they are now."""

    account: UUID
    grants: tuple[Grant, ...]


class PasswordSet(Event, name="identity.PasswordSet", subject="account"):
    """A new password; earlier refresh tokens end."""

    account: UUID
    hash: Personal[str]


class SignedOutEverywhere(Event, name="identity.SignedOutEverywhere"):
    """Every refresh token of the account ends."""

    account: UUID


class AccountDisabled(Event, name="identity.AccountDisabled", subject="account"):
    """May not sign in."""

    account: UUID
    reason: Personal[str] = ""


class AccountEnabled(Event, name="identity.AccountEnabled"):
    """May sign in again."""

    account: UUID
