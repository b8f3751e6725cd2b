"""Signing in: a password for tokens, a refresh token for the next, the public key."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.identity import sessions
from services.identity.desk import (
    Desk,
    TooManyAttemptsError,
    WrongCredentialsError,
    desk,
    granted,
    known,
    principal_of,
    standing,
)
from services.identity.domain.account import Secret
from services.identity.signing import issue, public_jwk
from services.identity.slowing import QUEUE_MOST
from shared.contracts.identity import Grant
from shared.errors import InvalidError
from shared.http.problems import problem, said
from shared.http.tokens import MAX_SECONDS
from shared.roles import Role
from shared.service import Running

router = APIRouter(tags=["tokens"])


class ChooseRoleError(InvalidError):
    """This account has several roles: {roles}. Say which one with `role`."""

    zh = "此账户有多种角色：{roles}。请用 role 指明一种。"


class NoSuchRoleError(InvalidError):
    """This account doesn't have that role, only: {roles}. Choose one of them."""

    zh = "此账户没有该角色，现有：{roles}。请从中选择。"


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


@router.get("/keys")
async def keys(request: Request) -> dict[str, list[dict[str, str]]]:
    """The public key that checks our tokens, as a JSON Web Key Set."""
    running: Running = request.app.state.running
    return {"keys": [public_jwk(running.tokens.public_key)]}


@router.post("/tokens", response_model=Tokens)
async def sign_in(body: SignIn, request: Request) -> Any:
    """Tokens for a login and its password. Wrong ones are answered ever more slowly, never locked out."""
    running: Running = request.app.state.running
    source = request.client.host if request.client else ""
    try:
        facts = await known(running, body.login, body.password.get_secret_value(), source)
    except TooManyAttemptsError:
        return _busy(request)
    except WrongCredentialsError:
        return _wrong(request)
    grant = _chosen(facts.grants, body.role)
    session = await sessions.begin(running.store.pool, facts.account, grant.role.value, facts.era)
    return _tokens(desk(running), session, grant)


@router.post("/tokens/refresh", response_model=Tokens)
async def refresh(body: Refresh, request: Request) -> Any:
    """The next tokens for a refresh token, which is used up. One used before ends the sign-in."""
    running: Running = request.app.state.running
    session = await sessions.rotate(running.store.pool, body.refresh_token.get_secret_value())
    if session is None:
        return _over(request)
    facts = await standing(running, session.account, session.era)
    grant = granted(facts, session.role)
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


def _chosen(grants: tuple[Grant, ...], role: Role | None) -> Grant:
    roles = ", ".join(grant.role.value for grant in grants)
    if role is None and len(grants) > 1:
        raise ChooseRoleError("role", roles=roles)
    found = next((grant for grant in grants if role in (None, grant.role)), None)
    if found is None:
        raise NoSuchRoleError("role", roles=roles)
    return found


def _tokens(at: Desk, session: sessions.Session, grant: Grant) -> Tokens:
    return Tokens(
        access_token=issue(at.key, principal_of(session.account, grant)),
        refresh_token=session.token,
        role=grant.role,
        account=session.account,
    )


def _wrong(request: Request) -> Response:
    detail = said(
        request,
        "登录名或密码不对。请核对后再试；若忘记密码，请管理员重设。",
        "Login or password is wrong. Check both; an administrator can set a new password.",
    )
    return problem(request, 401, detail, code="WrongCredentials", headers={"WWW-Authenticate": "Bearer"})


def _over(request: Request) -> Response:
    detail = said(request, "登录已结束。请重新登录。", "This sign-in is over. Sign in again.")
    return problem(request, 401, detail, code="SessionOver", headers={"WWW-Authenticate": "Bearer"})


def _busy(request: Request) -> Response:
    detail = said(
        request,
        "此处对该登录名的尝试过多。请稍候再试。",
        "Too many attempts with this login from here. Wait a little, then try again.",
    )
    headers = {"Retry-After": str(int(QUEUE_MOST))}
    return problem(request, 429, detail, code="TooManyAttempts", headers=headers)
