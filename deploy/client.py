"""Talks to a running system as its users do: JSON over HTTP, a token of a role, commands safe to repeat."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self
from uuid import UUID

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.errors import DeployError
from shared.clock import wall_now
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER
from shared.roles import Role

KEY_FILE = Path("secrets") / "identity.key"
AWAY = frozenset({502, 503, 504})
TRACE: ContextVar[str] = ContextVar("trace", default="")
"""What this task's requests are part of, a W3C `traceparent`; empty when each begins a trace of its own."""
PATIENCE = 60.0
"""Seconds to go on repeating a request to a system that is away: it may be starting again."""
ANSWER_SECONDS = 120.0
"""A view is built anew in one request, which may take a while."""
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0
ERRORS = 400


class SystemAwayError(DeployError):
    """Nothing answers at {address}. Start it with `{start}`, or say where it is."""


class NoKeyError(DeployError):
    """{data} holds no key to sign tokens with. Start the system there once, or give its --data."""


class AnswerError(DeployError):
    """{method} {path} was answered with {status}: {detail}."""

    def __init__(self, method: str, path: str, status: int, detail: str) -> None:
        """Keep the status for whoever can do something about it."""
        self.status = status
        super().__init__(method=method, path=path, status=status, detail=detail)


@dataclass(frozen=True, slots=True)
class Who:
    """An account as a token tells it. `communities` is None for the whole city."""

    sub: str
    role: Role
    communities: tuple[UUID, ...] | None = None
    cadre: UUID | None = None
    helper: UUID | None = None
    unit: str = ""


@dataclass
class Signer:
    """Signs development tokens, which only data marked as a demo takes; keeps each until it gets old."""

    key: Ed25519PrivateKey
    seconds: int = 300
    dev: bool = True
    _kept: dict[Who, tuple[float, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path) -> Self:
        """The signer with the key of a data folder; NoKeyError when there is none."""
        try:
            key = load_pem_private_key((data / KEY_FILE).read_bytes(), None)
        except (OSError, ValueError) as error:
            raise NoKeyError(data=data) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise NoKeyError(data=data)
        return cls(key)

    def token(self, who: Who) -> str:
        """A token that holds for another minute at least."""
        expires, token = self._kept.get(who, (0.0, ""))
        if time.monotonic() < expires - 60:
            return token
        token = jwt.encode(self._claims(who), self.key, algorithm=ALGORITHM)
        self._kept[who] = (time.monotonic() + self.seconds, token)
        return token

    def _claims(self, who: Who) -> dict[str, Any]:
        now = int(wall_now().timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + self.seconds,
            "jti": secrets.token_hex(8),
            "sub": who.sub,
            "role": who.role.value,
            "communities": "*" if who.communities is None else [str(one) for one in who.communities],
        }
        optional = {"cadre": who.cadre, "helper": who.helper, "unit": who.unit}
        claims |= {name: str(value) for name, value in optional.items() if value}
        return claims | ({"dev": True} if self.dev else {})


@dataclass(frozen=True, slots=True)
class GivenToken:
    """One token for whoever asks: that of the person at the command line."""

    given: str

    def token(self, _: Who) -> str:
        """The token."""
        return self.given


class Tokens(Protocol):
    """Where the tokens of accounts come from."""

    def token(self, who: Who) -> str:
        """A token that holds for a while."""


class Client:
    """Requests of many accounts over one pool of connections, repeated while the system is away."""

    def __init__(
        self,
        address: str,
        tokens: Tokens,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        language: str = "en",
        patience: float = PATIENCE,
        start: str = "./jiujin up",
    ) -> None:
        """Talk to `address`; `transport` leads to a system in this process. `patience` in seconds.

        `start` is the command that starts the system, for whoever reads that it is away.
        """
        self.address, self.tokens, self.patience = address, tokens, patience
        self.repeated, self._start = 0, start
        self._http = httpx.AsyncClient(
            base_url=address,
            transport=transport,
            trust_env=False,
            headers={"Accept-Language": language},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=5.0),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
        )

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self,
        who: Who | None,
        method: str,
        path: str,
        *,
        body: Any = None,
        file: tuple[bytes, str] | None = None,
        key: str = "",
        query: Mapping[str, Any] | None = None,
        patience: float | None = None,
    ) -> httpx.Response:
        """One request, whatever the answer; SystemAwayError when nothing answers for `patience` seconds.

        It is repeated with the same key, so a command that was done before the line broke isn't done again.
        `patience` is for this request only; `file` is a body of bytes with its media type.
        """
        waited = self.patience if patience is None else patience
        until, wait = time.monotonic() + waited, FIRST_WAIT
        headers = {"Idempotency-Key": key} if key else {}
        if trace := TRACE.get():
            headers["traceparent"] = trace
        content, media_type = file or (None if body is None else orjson.dumps(body), "application/json")
        if content is not None:
            headers["Content-Type"] = media_type
        while True:
            if who is not None:
                headers["Authorization"] = f"Bearer {self.tokens.token(who)}"
            answer: httpx.Response | None = None
            try:
                answer = await self._http.request(
                    method, path, content=content, headers=headers, params=query
                )
            except httpx.TransportError as error:
                if time.monotonic() > until:
                    raise SystemAwayError(address=self.address, start=self._start) from error
            if answer is not None and (answer.status_code not in AWAY or time.monotonic() > until):
                return answer
            self.repeated += 1
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def done(
        self, who: Who, path: str, body: Any = None, *, key: str, patience: float | None = None
    ) -> Any:
        """A POST that must succeed; gives its answer, None for an empty one."""
        answer = await self.send(who, "POST", path, body=body or {}, key=key, patience=patience)
        return _content(answer, "POST", path)

    async def read(self, who: Who | None, path: str, **query: Any) -> Any:
        """A GET that must succeed."""
        return _content(await self.send(who, "GET", path, query=query), "GET", path)

    async def pages(self, who: Who, path: str, *, limit: int = 200, **query: Any) -> AsyncIterator[Any]:
        """Every item of a list, page by page."""
        cursor = ""
        while True:
            found = await self.read(who, path, limit=limit, **query, **({"cursor": cursor} if cursor else {}))
            for item in found["items"]:
                yield item
            if not found["next"] or found["next"] == cursor:
                return
            cursor = found["next"]


def _content(answer: httpx.Response, method: str, path: str) -> Any:
    if answer.status_code >= ERRORS:
        raise AnswerError(method, path, answer.status_code, problem_of(answer))
    return orjson.loads(answer.content) if answer.content else None


def problem_of(answer: httpx.Response) -> str:
    """What a problem says, in a line."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
