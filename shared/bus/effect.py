"""What events do in a service: its reactions and its views, in one transaction with the inbox's rows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from shared.bus.envelope import Actor
from shared.bus.inbox import Inbox
from shared.bus.recorded import Recorded
from shared.contracts.event import Event
from shared.errors import VersionConflictError
from shared.eventstore.log import SQL
from shared.eventstore.signals import InboxMovedError
from shared.eventstore.store import EventStore
from shared.eventstore.values import Intake
from shared.eventstore.views import View
from shared.eventstore.work import Work
from shared.observe import traces
from shared.observe.logs import about
from shared.observe.metrics import TAKEN_IN

Reaction = Callable[[Any, Work], Awaitable[None]]

TOGETHER = 50
"""How many events may share a transaction with a reaction: a long one holds up readers."""
REDECIDE = 20
"""How often a reaction is decided again at once when its stream has moved; a conflict isn't a failure."""


class Effect:
    """Of one consumer. It knows no order and lets nothing wait: what can't be done is raised."""

    def __init__(
        self, name: str, store: EventStore, reactions: Mapping[type[Event], Reaction], views: Sequence[View]
    ) -> None:
        """In the database of `store`."""
        self.inbox = Inbox(name, store.pool)
        self.durable = False
        """Whether what it writes must outlive a crash of the server even where nothing was appended."""
        self._name = name
        self._store = store
        self._reactions = reactions
        self._views = views
        self._lookers: set[type[Event]] = set()
        """What has been reacted to by looking at views: the next one begins a transaction at once."""
        self._readers: set[type[Event]] = set()
        """What has been reacted to by reading the log."""

    async def of_some(self, batch: Sequence[Recorded], seen: dict[str, int]) -> int:
        """Of as many of the first as may share a transaction; gives how many, one at the least.

        A reaction that looks at views must find in them all that came before it, so it begins a transaction;
        one that reads the log does so once something was added. What fails here is to be done again one by
        one, where it is found out why.
        """
        works: list[Work] = []
        count = 0
        for recorded in batch:
            kind = type(recorded.event)
            reacts = kind in self._reactions
            added = any(work.order for work in works)
            if count and (kind in self._lookers or (added and kind in self._readers)):
                break
            if count >= TOGETHER and (works or reacts):
                break
            if reacts:
                with about(recorded.envelope):
                    work = await self._react(recorded, works[-1] if works else None, trusting=True)
                if work.looked:
                    self._lookers.add(kind)
                if work.read_log:
                    self._readers.add(kind)
                if (work.looked and count) or (work.read_log and added):
                    work.take_back()
                    break
                works.append(work)
            count += 1
        await self._commit(works, batch[:count], seen)
        return count

    async def of_one(self, recorded: Recorded, seen: dict[str, int], ordinal: int | None = None) -> None:
        """Of one event, decided again when a stream has moved; `ordinal` is where it has waited."""
        with about(recorded.envelope):
            for again in range(REDECIDE):
                reacts = type(recorded.event) in self._reactions
                works = [await self._react(recorded)] if reacts else []
                try:
                    await self._commit(works, [recorded], seen, ordinal)
                except InboxMovedError:
                    seen.update(await self.inbox.read([recorded.envelope]))
                    if recorded.envelope.stream_version <= seen.get(recorded.envelope.stream, 0):
                        return
                except VersionConflictError:
                    if again == REDECIDE - 1:
                        raise
                else:
                    return

    async def _react(self, recorded: Recorded, behind: Work | None = None, *, trusting: bool = False) -> Work:
        reaction = self._reactions[type(recorded.event)]
        name = f"system:{self._name}/{reaction.__name__}"
        with traces.span(name, recorded.envelope.traceparent, type=recorded.envelope.type) as trace:
            work = Work(
                self._store,
                Actor(name, "system"),
                cause=recorded.envelope,
                seed=f"{recorded.envelope.id}/{name}",
                traceparent=trace,
                behind=behind,
                trusting=trusting,
            )
            await reaction(recorded.event, work)
        return work

    async def _commit(
        self,
        works: Sequence[Work],
        batch: Sequence[Recorded],
        seen: dict[str, int],
        ordinal: int | None = None,
    ) -> None:
        versions = {recorded.envelope.stream: recorded.envelope.stream_version for recorded in batch}
        keys = list({recorded.envelope.key for recorded in batch})
        intake = Intake(self._name, seen, versions, keys, ordinal is not None, self.durable)
        kinds = {type(recorded.event) for recorded in batch}
        views = [view for view in self._views if not kinds.isdisjoint(view.handlers)]
        if views or ordinal is not None:
            async with self._store.taking_in(works, intake) as (db, _):
                for view in views:
                    await view.apply(db, batch)
                if ordinal is not None:
                    await db.execute(SQL.release_held.sql, ordinal)
        else:
            await self._store.take(works, intake)
        for recorded in batch if traces.on() else ():
            traces.mark(f"{self._name} took in", recorded.envelope)
        seen.update(versions)
        self.inbox.note(versions)
        TAKEN_IN.labels(self._name).inc(len(batch))
