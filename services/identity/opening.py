"""Opens an account without a token: the first administrator's, by the runner at the first start."""

from uuid import UUID

from pydantic import SecretStr

from services.identity.domain.account import ACCOUNT, KeepPassword, OpenAccount, account_id
from services.identity.passwords import hashed
from shared.bus.envelope import Actor
from shared.contracts.identity import Grant
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work
from shared.roles import Role


async def open_first_administrator(store: EventStore, login: str, password: str, name: str) -> UUID:
    """Open the account of the first administrator; gives its id.

    pydantic's ValidationError when the login or the password breaks a rule; LoginTakenError when it is there.
    """
    command = OpenAccount(
        login=login,
        name=name,
        grants=(Grant(role=Role.ADMIN, communities=None),),
        password=SecretStr(password),
    )
    account = account_id(command.login)
    work = Work(store, Actor("system:identity/first_start", "system"), seed=f"first/{command.login}")
    await work.execute(ACCOUNT, account, command)
    await work.execute(ACCOUNT, account, KeepPassword(hash=SecretStr(await hashed(password))))
    await store.commit(work)
    return account
