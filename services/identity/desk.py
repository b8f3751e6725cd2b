"""Where one signs in, over the API or on a page: ever more slowly when the password is wrong."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.identity.domain.account import ACCOUNT, Account, Facts, Open, account_id
from services.identity.keys import load_or_make
from services.identity.passwords import matches
from services.identity.slowing import Slowing, pause
from shared.contracts.identity import Grant
from shared.roles import Principal
from shared.service import Running


class WrongCredentialsError(Exception):
    """Login or password is wrong, or the account is disabled: nobody is told which."""


class TooManyAttemptsError(Exception):
    """Too many attempts with this login from here queue already."""


@dataclass
class Desk:
    """What signing in needs of this process."""

    key: Ed25519PrivateKey
    slowing: Slowing


def desk(running: Running) -> Desk:
    """Made at first use; the private key is the one the runner put into `extras`, else the data folder's."""
    found = running.extras.get("desk")
    if found is None:
        key = running.extras.get("private_key")
        if key is None:
            key = load_or_make(running.files.parent / "secrets" / "identity.key")
        found = running.extras["desk"] = Desk(key, Slowing())
    return found


async def known(running: Running, login: str, password: str, source: str) -> Facts:
    """The account of a login and its password. WrongCredentialsError, TooManyAttemptsError.

    Wrong ones are answered ever more slowly, never locked out. `source` is the address it comes from.
    """
    slowing = desk(running).slowing
    login = login.strip().lower()
    wait = slowing.wait_for(login, source)
    if wait is None:
        raise TooManyAttemptsError
    await pause(wait)
    account: Account | None = None
    if login.isascii() and login.isprintable():
        account = await account_of(running, account_id(login))
    kept = account.facts.hash if isinstance(account, Open) else None
    if not await matches(password, kept) or account is None:
        slowing.failed(login, source)
        raise WrongCredentialsError
    slowing.succeeded(login, source)
    return account.facts


async def account_of(running: Running, account: UUID) -> Account | None:
    """The account as its stream tells it."""
    past = await running.store.read_stream(ACCOUNT.stream(account))
    return ACCOUNT.fold([one.event for one in past])


async def standing(running: Running, account: UUID, era: int) -> Facts | None:
    """The account behind a sign-in of this era; None once the sign-in is over."""
    found = await account_of(running, account)
    return found.facts if isinstance(found, Open) and found.facts.era == era else None


def granted(facts: Facts | None, role: str) -> Grant | None:
    """What the account has of this role; None when it was taken away, or there is no account."""
    return next((one for one in facts.grants if one.role.value == role), None) if facts else None


def principal_of(account: UUID, grant: Grant) -> Principal:
    """Whom a token of this account speaks for."""
    return Principal(
        sub=str(account),
        role=grant.role,
        communities=None if grant.communities is None else frozenset(grant.communities),
        cadre=grant.cadre,
        helper=grant.helper,
        unit=grant.unit,
    )
