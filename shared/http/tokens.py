"""Checks the tokens that identity signs: JWT, Ed25519, at most five minutes, by the wall clock."""

import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.exceptions import HTTPException
from starlette.requests import Request

from shared.eventstore.memory import Memory
from shared.roles import Principal, Role

ISSUER = "jiujin"
AUDIENCE = "jiujin"
ALGORITHM = "EdDSA"
MAX_SECONDS = 300
LEEWAY = 5
TOKENS_AT_HAND = 5_000


class Checked(NamedTuple):
    """Whom a token speaks for, and the second of the epoch at which it ends.

    That of a sign-in in a browser has `version`, the account's when it was issued, and `form`, which its
    forms bring back.
    """

    principal: Principal
    ends: int
    version: int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """What a service needs to check a token: the issuer's public key, and whether the data is a demo.

    A signature is checked once: it is the same as long as the token is. The time is looked at each time.
    """

    public_key: Ed25519PublicKey
    demo: bool
    _checked: Memory[Checked] = field(default_factory=lambda: Memory(TOKENS_AT_HAND), init=False, repr=False)

    def principal(self, token: str) -> Principal:
        """Who the token speaks for; jwt.InvalidTokenError when it isn't to be believed."""
        return self.checked(token).principal

    def checked(self, token: str) -> Checked:
        """All that a token says; jwt.InvalidTokenError when it isn't to be believed."""
        known = self._checked.get(token)
        if known is None or known.ends + LEEWAY <= time.time():
            known = self._check(token)
            self._checked.put(token, known)
        return known

    def _check(self, token: str) -> Checked:
        claims = jwt.decode(
            token,
            self.public_key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "sub", "jti"]},
        )
        self._check_age(claims)
        version, form = claims.get("version"), claims.get("form", "")
        if not isinstance(version, int | None) or not isinstance(form, str):
            raise jwt.InvalidTokenError("the claims are not ours")
        return Checked(principal_of(claims), int(claims["exp"]), version, form)

    def _check_age(self, claims: dict[str, Any]) -> None:
        if claims.get("dev"):
            if not self.demo:
                raise jwt.InvalidTokenError("a development token on data that is not a demo")
        elif int(claims["exp"]) - int(claims["iat"]) > MAX_SECONDS:
            raise jwt.InvalidTokenError("a token may last five minutes")


def principal_of(claims: dict[str, Any]) -> Principal:
    """The principal in checked claims."""
    try:
        scope = claims.get("communities", [])
        return Principal(
            sub=claims["sub"],
            role=Role(claims["role"]),
            communities=None if scope == "*" else frozenset(UUID(item) for item in scope),
            cadre=UUID(claims["cadre"]) if claims.get("cadre") else None,
            helper=UUID(claims["helper"]) if claims.get("helper") else None,
            unit=claims.get("unit", ""),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise jwt.InvalidTokenError("the claims are not ours") from error


def principal(request: Request) -> Principal:
    """The principal of a request, from its bearer token; 401 when there is none to be believed."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    check: TokenCheck = request.app.state.running.tokens
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    try:
        found = check.principal(token.strip())
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}) from error
    request.state.principal = found
    return found


async def bearer(request: Request) -> Principal:
    """`principal` as a dependency: a plain function would cost a thread for each request."""
    return principal(request)
