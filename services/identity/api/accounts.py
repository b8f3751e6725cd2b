"""Accounts: opened, changed and ended by administrators; one's own password by oneself."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response

from services.identity.domain.account import (
    ACCOUNT,
    Account,
    ChangeGrants,
    ChangeOwnPassword,
    DisableAccount,
    EnableAccount,
    KeepPassword,
    OpenAccount,
    SetPassword,
    SignOutEverywhere,
    account_id,
)
from services.identity.passwords import hashed, matches
from shared.contracts.command import Command
from shared.errors import ForbiddenError, UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext, Written
from shared.http.reading import Cursor, Limit, Page, Reading, page, values_of
from shared.roles import Resource, Role

router = APIRouter(tags=["accounts"])


class WrongPasswordError(ForbiddenError):
    """The old password is wrong. Type it again, or ask an administrator for a new one."""

    zh = "原密码不对。请重新输入，或请管理员重设。"


class NoAccountError(UnknownError):
    """Your token belongs to no account here. Sign in with a login and a password."""

    zh = "您的令牌不属于这里的任何账户。请用登录名和密码登录。"


@router.get("/accounts")
async def accounts(
    reading: Reading,
    q: Annotated[str, Query(max_length=60)] = "",
    role: Role | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Accounts by login: those whose login or name has `q` in it, those with a role."""
    reading.reach("read_accounts")
    after = values_of(cursor, 1)
    rows = await reading.pool.fetch(
        "SELECT * FROM accounts WHERE ($1::text IS NULL OR login > $1)"
        " AND ($2 = '' OR strpos(login, lower($2)) > 0 OR strpos(lower(name), lower($2)) > 0)"
        " AND ($3::text IS NULL OR grants::jsonb @> jsonb_build_array(jsonb_build_object('role', $3)))"
        " ORDER BY login LIMIT $4",
        after[0] if after else None,
        q.strip(),
        role and role.value,
        limit + 1,
    )
    return page([_shown(row) for row in rows], limit, "login")


@router.get("/accounts/{account}")
async def account_file(account: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One account."""
    reading.reach("read_accounts")
    row = await reading.pool.fetchrow("SELECT * FROM accounts WHERE account = $1", account)
    if row is None:
        raise UnknownError(what="account")
    response.headers["ETag"] = f'"{row["version"]}"'
    return _shown(row)


async def communities(reading: Reading) -> dict[str, str]:
    """The names of communities by id, those of a subdistrict beside each other."""
    reading.reach("read_accounts")
    rows = await reading.pool.fetch("SELECT * FROM communities ORDER BY subdistrict, name")
    return {str(row["community"]): f"{row['name']} · {row['subdistrict']}" for row in rows}


@router.post("/accounts", status_code=201, response_model=Written)
async def open_account(command: OpenAccount, call: Call) -> Response:
    """Open an account. Its id is derived from its login, so a login is taken once."""
    call.permit(command, Resource())
    account = account_id(command.login)
    kept = await hashed(command.password.get_secret_value()) if command.password else None

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        await work.execute(ACCOUNT, account, command)
        if kept:
            await work.execute(ACCOUNT, account, KeepPassword.model_validate({"hash": kept}))
        return ACCOUNT, account

    return await call.perform(command, do, status=201)


@router.post("/accounts/me/change-own-password", response_model=Written)
async def change_own_password(command: ChangeOwnPassword, call: Call) -> Response:
    """Give oneself another password; every session ends."""
    account = _own(call)
    call.permit(command, Resource())
    found: Account | None = ACCOUNT.fold(
        [one.event for one in await call.store.read_stream(ACCOUNT.stream(account))]
    )
    if found is None:
        raise NoAccountError
    if not await matches(command.old.get_secret_value(), found.facts.hash):
        raise WrongPasswordError("old")
    return await _keep(account, command, command.new.get_secret_value(), call)


@router.post("/accounts/me/sign-out-everywhere", response_model=Written)
async def sign_out_everywhere(command: SignOutEverywhere, call: Call) -> Response:
    """End every session of one's own."""
    return await call.execute(ACCOUNT, _own(call), command)


@router.post("/accounts/{account}/sign-out-everywhere", response_model=Written)
async def sign_out(account: UUID, command: SignOutEverywhere, call: Call) -> Response:
    """End every session of an account: an administrator any, others their own."""
    if call.principal.role is not Role.ADMIN and call.principal.sub != str(account):
        raise UnknownError(what=ACCOUNT.what)
    return await call.execute(ACCOUNT, account, command)


@router.post("/accounts/{account}/change-grants", response_model=Written)
async def change_grants(account: UUID, command: ChangeGrants, call: Call) -> Response:
    """All grants anew; they hold from the next access token on."""
    return await call.execute(ACCOUNT, account, command)


@router.post("/accounts/{account}/set-password", response_model=Written)
async def set_password(account: UUID, command: SetPassword, call: Call) -> Response:
    """Give an account another password; its sessions end."""
    call.permit(command, Resource())
    return await _keep(account, command, command.password.get_secret_value(), call)


@router.post("/accounts/{account}/disable", response_model=Written)
async def disable(account: UUID, command: DisableAccount, call: Call) -> Response:
    """Let it sign in no more; its sessions end, access tokens within five minutes."""
    return await call.execute(ACCOUNT, account, command)


@router.post("/accounts/{account}/enable", response_model=Written)
async def enable(account: UUID, command: EnableAccount, call: Call) -> Response:
    """Let it sign in again."""
    return await call.execute(ACCOUNT, account, command)


async def _keep(account: UUID, command: Command, password: str, call: CallContext) -> Response:
    told = KeepPassword.model_validate({"hash": await hashed(password)})

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        await call.decide(work, ACCOUNT, account, command, told=told)
        return ACCOUNT, account

    return await call.perform(command, do, account)


def _own(call: CallContext) -> UUID:
    try:
        return UUID(call.principal.sub)
    except ValueError as error:
        raise NoAccountError from error


def _shown(row: Any) -> dict[str, Any]:
    return {**dict(row), "grants": orjson.loads(row["grants"])}
