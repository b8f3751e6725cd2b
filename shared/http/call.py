"""A command over HTTP: who, may they, was it done before; load, decide, append, answer."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from shared import access
from shared.bus.envelope import Actor
from shared.contracts.command import Command
from shared.contracts.event import Frozen
from shared.errors import DomainError, KeyReusedError, UnknownError, VersionConflictError
from shared.eventstore.decider import Decider
from shared.eventstore.signals import CommandKnownError
from shared.eventstore.store import EventStore
from shared.eventstore.values import Answer
from shared.eventstore.work import Work
from shared.http.headers import KeyMissingError, MatchMalformedError, StaleError
from shared.http.tokens import bearer
from shared.observe.logs import by
from shared.observe.traces import span
from shared.roles import Principal, Resource
from shared.service import Running

REDECIDE = 20
_KEY = re.compile(r"[\x21-\x7e]{8,200}")
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_DIGITS = 9


class Written(BaseModel):
    """The answer to a command. Give `position` as `?after=` to a list, and it shows what was written."""

    id: UUID
    version: int
    position: str = ""


class Received(Written):
    """The answer to a command that found something to say as well."""

    found: Any = None


Do = Callable[[Work], Awaitable[tuple[Decider[Any], UUID]]]


@dataclass(frozen=True)
class CallContext:
    """Everything a command's handler needs."""

    running: Running
    principal: Principal
    key: str
    wanted: int | None
    traceparent: str

    @property
    def store(self) -> EventStore:
        """The service's event store."""
        return self.running.store

    @property
    def actor(self) -> Actor:
        """Who is written into the events: always from the token."""
        return Actor(self.principal.sub, self.principal.role.value)

    def new_id(self) -> UUID:
        """The id of what this command creates: derived from its key, so that a repetition names the same."""
        return self._work().new_id("aggregate")

    def permit(self, command: Frozen | type[Frozen], resource: Resource) -> None:
        """Check the one table; see `shared.access.check`."""
        access.check(self.principal, self.action(command), resource)

    def action(self, command: Frozen | type[Frozen]) -> str:
        """The command's name in the table: service, dot, class."""
        kind = command if isinstance(command, type) else type(command)
        return f"{self.running.name}.{kind.__name__}"

    async def execute(self, decider: Decider[Any], aggregate: UUID, command: Command) -> Response:
        """A command to an aggregate that exists."""

        async def do(work: Work) -> tuple[Decider[Any], UUID]:
            await self.decide(work, decider, aggregate, command)
            return decider, aggregate

        return await self.perform(command, do, aggregate)

    async def create(self, decider: Decider[Any], command: Command, resource: Resource) -> Response:
        """A command that creates an aggregate; its id is derived from the command's key."""
        aggregate = self.new_id()

        async def do(work: Work) -> tuple[Decider[Any], UUID]:
            self.permit(command, resource)
            await work.execute(decider, aggregate, command, begins=True)
            return decider, aggregate

        return await self.perform(command, do, status=201)

    async def decide(
        self,
        work: Work,
        decider: Decider[Any],
        aggregate: UUID,
        command: Command,
        *,
        told: Command | None = None,
    ) -> None:
        """Inside `perform`: load, check existence, permission and If-Match, decide.

        `told` is decided in the command's place when it needs more than the body says.
        """
        state = await work.load(decider, aggregate)
        if state is None:
            raise UnknownError(what=decider.what)
        self.permit(command, decider.resource(state))
        await self.check_version(work, decider, aggregate)
        await work.execute(decider, aggregate, told or command)

    async def check_version(self, work: Work, decider: Decider[Any], aggregate: UUID) -> None:
        """StaleError when If-Match names another version than the aggregate's."""
        version = await work.version(decider, aggregate)
        if self.wanted is not None and version != self.wanted:
            raise StaleError(wanted=self.wanted, found=version)

    async def perform(
        self,
        command: Frozen,
        do: Do,
        about: object = "",
        *,
        status: int = 200,
        found: Callable[[], Any] | None = None,
    ) -> Response:
        """Run `do` and keep its answer for this Idempotency-Key; `do` gives the aggregate to answer with.

        It is decided at first by streams as they are remembered; the write finds out whether they still are
        so, and a refusal is decided again by what is written. So `do` may run more than once. Whether the
        command was answered before is looked up only when it doesn't go through. A refused command isn't
        remembered.
        """
        access.allowed(self.principal, self.action(command))
        with by(self.actor, self.action(command)), span(self.action(command), self.traceparent) as trace:
            traced = replace(self, traceparent=trace)
            return await traced.answer_once(command, do, about, status, found)

    async def answer_once(
        self, command: Frozen, do: Do, about: object, status: int, found: Callable[[], Any] | None
    ) -> Response:
        """`perform`, once it is known who asks and what it is part of."""
        body = f"{self.action(command)}\x1f{about}\x1f".encode() + orjson.dumps(
            command.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS
        )
        body_hash = hashlib.sha256(body).digest()
        for again in range(REDECIDE):
            work = self._work(trusting=not again)
            try:
                decider, aggregate = await do(work)
                answer = self._answer(work, decider, aggregate, status, body_hash, found)
                await self._commit(work, answer)
            except (DomainError, CommandKnownError, _MovedError) as error:
                first = await self._first_answer(body_hash)
                if first is not None:
                    return _respond(first)
                if isinstance(error, DomainError) and not work.recalled:
                    raise
            else:
                return _respond(answer)
        raise VersionConflictError

    async def _commit(self, work: Work, answer: Answer) -> None:
        try:
            await self.store.commit(work, answer=answer)
        except VersionConflictError as error:
            raise _MovedError from error

    async def _first_answer(self, body_hash: bytes) -> Answer | None:
        """What this key was answered with before; KeyReusedError when that was another command."""
        first = await self.store.find_answer(self.actor.sub, self.key)
        if first is not None and first.body_hash != body_hash:
            raise KeyReusedError("Idempotency-Key")
        return first

    def _work(self, *, trusting: bool = False) -> Work:
        return Work(
            self.store,
            self.actor,
            command=self.key,
            seed=f"{self.actor.sub}/{self.key}",
            traceparent=self.traceparent,
            trusting=trusting,
        )

    def _answer(
        self,
        work: Work,
        decider: Decider[Any],
        aggregate: UUID,
        status: int,
        body_hash: bytes,
        found: Callable[[], Any] | None,
    ) -> Answer:
        stream = decider.stream(aggregate)
        loaded = work.streams[stream]
        version = loaded.version + len(loaded.added)
        body: dict[str, Any] = {"id": str(aggregate), "version": version, "position": f"{stream}@{version}"}
        if found is not None:
            body["found"] = found()
        return Answer(self.actor.sub, self.key, body_hash, status, orjson.dumps(body))


class _MovedError(Exception):
    """A stream has moved between loading and writing: decide again."""


def _respond(answer: Answer) -> Response:
    version = orjson.loads(answer.body)["version"]
    return Response(answer.body, answer.status, {"ETag": f'"{version}"'}, media_type="application/json")


async def call(
    request: Request,
    who: Annotated[Principal, Depends(bearer)],
    idempotency_key: Annotated[
        str | None, Header(description="new for each command, 8 to 200 characters")
    ] = None,
    if_match: Annotated[str | None, Header(description="the version last seen")] = None,
    traceparent: Annotated[str | None, Header()] = None,
) -> CallContext:
    """The context of a command."""
    if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
        raise KeyMissingError("Idempotency-Key")
    trace = traceparent if traceparent and _TRACE.fullmatch(traceparent) else ""
    return CallContext(request.app.state.running, who, idempotency_key, _version(if_match), trace)


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    text = if_match.removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise MatchMalformedError("If-Match")
    return int(text)


Call = Annotated[CallContext, Depends(call)]
