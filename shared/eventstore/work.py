"""A unit of work: what one command, reaction or timer loads, decides and asks to be written together."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from shared import ids
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.errors import InvalidError
from shared.eventstore.changes import Changes, Loaded, Timer
from shared.eventstore.decider import Decider, Moment
from shared.eventstore.store import EventStore
from shared.loop import in_turns
from shared.settings import Settings

S = TypeVar("S")

AHEAD = timedelta(minutes=5)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


class HappenedInFutureError(InvalidError):
    """What is recorded has happened: its time can't be later than now. Correct the time."""

    zh = "记录的是已发生的事，时间不能晚于现在。请改正时间。"


class HappenedTooEarlyError(InvalidError):
    """What is recorded can't have happened before 1900. Correct the time."""

    zh = "所记录的事不会发生在 1900 年以前。请改正时间。"


class Work(Changes):
    """Loads streams, decides, and collects; the store writes it all in one transaction, or nothing."""

    def __init__(
        self,
        store: EventStore,
        actor: Actor,
        *,
        cause: Envelope | None = None,
        command: str = "",
        seed: str = "",
        traceparent: str = "",
        behind: "Work | None" = None,
        trusting: bool = False,
    ) -> None:
        """Work of `actor`, because of `cause`; `seed` makes its ids repeatable when a cause does.

        It sees what the work before it has added, when it stands `behind` one: both are written together.
        `trusting`, it takes a stream as it is remembered, and the write finds out whether it still is so.
        """
        super().__init__(
            store.source,
            store.clock,
            actor,
            cause=cause,
            command=command,
            seed=seed,
            traceparent=traceparent,
        )
        self.looked = False
        """Whether it has read views."""
        self.read_log = False
        """Whether it has read the log, beyond the streams that it works on."""
        self._store = store
        self._trusting = trusting
        self._before: dict[str, tuple[Loaded, Any, int]] = {}
        if behind is not None:
            self.streams = behind.streams

    def moment(self, aggregate: UUID) -> Moment:
        """What a decision about `aggregate` may know in this work."""
        return Moment(self.at, self.actor, self.seed, aggregate)

    @property
    def settings(self) -> Settings:
        """What the bureau has configured."""
        return self._store.settings

    @property
    def store(self) -> EventStore:
        """The service's store, for what is made of all its events; reading only, and not its views."""
        self.read_log = True
        return self._store

    @property
    def db(self) -> asyncpg.Pool:
        """The service's read models, for a reaction that needs one; reading only."""
        self.looked = True
        return self._store.pool

    def new_id(self, *parts: object) -> UUID:
        """An id derived from this work's seed, with the cause's time in front."""
        return ids.derive(self.cause.recorded if self.cause else self.at, self.seed, *parts)

    async def load(self, decider: Decider[S], aggregate: UUID) -> S | None:
        """The aggregate's state with what this work has added; None when there is none."""
        return (await self._loaded(decider, aggregate)).state  # type: ignore[no-any-return]

    async def version(self, decider: Decider[Any], aggregate: UUID) -> int:
        """The stored version of the aggregate's stream; 0 when there is none."""
        return (await self._loaded(decider, aggregate)).version

    @property
    def recalled(self) -> bool:
        """Whether it has taken any stream as remembered: a refusal may then be a mistake."""
        return any(loaded.recalled for loaded in self.streams.values())

    async def execute(
        self, decider: Decider[Any], aggregate: UUID, command: Command, *, begins: bool = False
    ) -> Sequence[Event]:
        """Decide and collect; gives the new events. A domain error leaves the work as it was.

        A command that `begins` a stream is trusted to: one that isn't remembered is taken as not there.
        """
        loaded = await self._loaded(decider, aggregate, begins=begins)
        happened = command.happened or self.at
        if happened > self.at + AHEAD:
            raise HappenedInFutureError("happened")
        if happened < EARLIEST:
            raise HappenedTooEarlyError("happened")
        events = decider.decide(loaded.state, command, self.moment(aggregate))
        await self._add(loaded, events, happened)
        return events

    async def record(
        self,
        decider: Decider[Any],
        aggregate: UUID,
        events: Sequence[Event],
        happened: datetime | None = None,
    ) -> None:
        """Collect events that were decided over several aggregates at once."""
        await self._add(await self._loaded(decider, aggregate), events, happened or self.at)

    def set_timer(self, name: str, about: UUID, due: datetime, data: bytes = b"") -> None:
        """Call the timer handler `name` for `about` at `due`; setting it again moves it."""
        cause = self.cause.header if self.cause else b""
        timer_id = ids.derive(ids.time_of(about), name, about)
        self.timers.append(Timer(timer_id, due, name, str(about), data, cause))

    def drop_timer(self, name: str, about: UUID) -> None:
        """Forget a timer, if it is set."""
        self.dropped.append(ids.derive(ids.time_of(about), name, about))

    def take_back(self) -> None:
        """Leave the streams as the work before this one has: it won't be written together with that."""
        for loaded, state, count in self._before.values():
            loaded.state = state
            del loaded.added[count:]

    async def _add(self, loaded: Loaded, events: Sequence[Event], happened: datetime) -> None:
        self._before.setdefault(loaded.stream, (loaded, loaded.state, len(loaded.added)))
        async for event in in_turns(events):
            loaded.state = loaded.decider.evolve(loaded.state, event)
            loaded.added.append((event, happened))
            self.order.append((loaded.stream, len(loaded.added) - 1))

    async def _loaded(self, decider: Decider[Any], aggregate: UUID, *, begins: bool = False) -> Loaded:
        name = decider.stream(aggregate)
        if name not in self.streams:
            known = self._store.remembered(name) if self._trusting else None
            recalled = known is not None or (begins and self._trusting)
            if not recalled:
                known = await self._store.recall(decider, aggregate)
            self.streams[name] = Loaded(
                decider=decider,
                aggregate=aggregate,
                state=known.state if known else None,
                version=known.version if known else 0,
                hash=known.hash if known else GENESIS,
                recorded=known.recorded if known else None,
                key=known.key if known else "",
                correlation=known.correlation if known else None,
                case=known.case if known else None,
                cadres=known.cadres if known else (),
                recalled=recalled,
            )
        return self.streams[name]
