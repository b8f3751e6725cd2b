"""Signing in: a password for tokens, a refresh token for the next, the public key."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.identity import sessions
from services.identity.domain.account import ACCOUNT, Account, Open, Secret, account_id
from services.identity.keys import load_or_make
from services.identity.passwords import matches
from services.identity.signing import issue, public_jwk
from services.identity.slowing import QUEUE_MOST, Slowing, pause
from shared.contracts.identity import Grant
from shared.errors import InvalidError
from shared.http.problems import problem, said
from shared.http.tokens import MAX_SECONDS
from shared.roles import Principal, Role
from shared.service import Running

router = APIRouter(tags=["tokens"])


class ChooseRoleError(InvalidError):
    """This account has several roles: {roles}. Say which one with `role`."""

    zh = "此账户有多种角色:{roles}。请用 role 指明一种。"


class NoSuchRoleError(InvalidError):
    """This account doesn't have that role, only: {roles}. Choose one of them."""

    zh = "此账户没有该角色,现有:{roles}。请从中选择。"


class SignIn(BaseModel):
    """Who signs in; `role` when the account has several."""

    model_config = ConfigDict(extra="forbid")
    login: Annotated[str, Field(min_length=1, max_length=60)]
    password: Secret
    role: Role | None = None


class Refresh(BaseModel):
    """A refresh token."""

    model_config = ConfigDict(extra="forbid")
    refresh_token: Secret


class Tokens(BaseModel):
    """An access token for some minutes, and a refresh token for one use within the sign-in's twelve hours."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  the name of a kind
    expires_in: int = MAX_SECONDS
    refresh_token: str
    role: Role
    account: UUID


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


@router.get("/keys")
async def keys(request: Request) -> dict[str, list[dict[str, str]]]:
    """The public key that checks our tokens, as a JSON Web Key Set."""
    running: Running = request.app.state.running
    return {"keys": [public_jwk(running.tokens.public_key)]}


@router.post("/tokens", response_model=Tokens)
async def sign_in(body: SignIn, request: Request) -> Any:
    """Tokens for a login and its password. Wrong ones are answered ever more slowly, never locked out."""
    running: Running = request.app.state.running
    at = desk(running)
    login = body.login.strip().lower()
    source = request.client.host if request.client else ""
    wait = at.slowing.wait_for(login, source)
    if wait is None:
        return _busy(request)
    await pause(wait)
    account: Account | None = None
    if login.isascii() and login.isprintable():
        account = ACCOUNT.fold([one.event for one in await _past(running, account_id(login))])
    kept = account.facts.hash if isinstance(account, Open) else None
    if not await matches(body.password.get_secret_value(), kept) or account is None:
        at.slowing.failed(login, source)
        return _wrong(request)
    at.slowing.succeeded(login, source)
    grant = _chosen(account.facts.grants, body.role)
    facts = account.facts
    session = await sessions.begin(running.store.pool, facts.account, grant.role.value, facts.era)
    return _tokens(at, session, grant)


@router.post("/tokens/refresh", response_model=Tokens)
async def refresh(body: Refresh, request: Request) -> Any:
    """The next tokens for a refresh token, which is used up. One used before ends the sign-in."""
    running: Running = request.app.state.running
    session = await sessions.rotate(running.store.pool, body.refresh_token.get_secret_value())
    if session is None:
        return _over(request)
    account = ACCOUNT.fold([one.event for one in await _past(running, session.account)])
    grant = None
    if isinstance(account, Open) and account.facts.era == session.era:
        grant = next((one for one in account.facts.grants if one.role.value == session.role), None)
    if grant is None:
        await sessions.end(running.store.pool, session.token)
        return _over(request)
    return _tokens(desk(running), session, grant)


@router.post("/tokens/revoke", status_code=204)
async def revoke(body: Refresh, request: Request) -> Response:
    """Sign out: the refresh token and all of its sign-in end. Unknown ones are answered alike."""
    running: Running = request.app.state.running
    await sessions.end(running.store.pool, body.refresh_token.get_secret_value())
    return Response(status_code=204)


async def _past(running: Running, account: UUID) -> Any:
    return await running.store.read_stream(ACCOUNT.stream(account))


def _chosen(grants: tuple[Grant, ...], role: Role | None) -> Grant:
    roles = ", ".join(grant.role.value for grant in grants)
    if role is None and len(grants) > 1:
        raise ChooseRoleError("role", roles=roles)
    found = next((grant for grant in grants if role in (None, grant.role)), None)
    if found is None:
        raise NoSuchRoleError("role", roles=roles)
    return found


def _tokens(at: Desk, session: sessions.Session, grant: Grant) -> Tokens:
    principal = Principal(
        sub=str(session.account),
        role=grant.role,
        communities=None if grant.communities is None else frozenset(grant.communities),
        cadre=grant.cadre,
        helper=grant.helper,
        unit=grant.unit,
    )
    return Tokens(
        access_token=issue(at.key, principal),
        refresh_token=session.token,
        role=grant.role,
        account=session.account,
    )


def _wrong(request: Request) -> JSONResponse:
    detail = said(
        request,
        "登录名或密码不对。请核对后再试;若忘记密码,请管理员重设。",
        "Login or password is wrong. Check both; an administrator can set a new password.",
    )
    return problem(request, 401, detail, code="WrongCredentials", headers={"WWW-Authenticate": "Bearer"})


def _over(request: Request) -> JSONResponse:
    detail = said(request, "登录已结束。请重新登录。", "This sign-in is over. Sign in again.")
    return problem(request, 401, detail, code="SessionOver", headers={"WWW-Authenticate": "Bearer"})


def _busy(request: Request) -> JSONResponse:
    detail = said(
        request,
        "此处对该登录名的尝试过多。请稍候再试。",
        "Too many attempts with this login from here. Wait a little, then try again.",
    )
    headers = {"Retry-After": str(int(QUEUE_MOST))}
    return problem(request, 429, detail, code="TooManyAttempts", headers=headers)
