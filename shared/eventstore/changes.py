"""What a unit of work asks to be written together: events of streams, timers, what no longer waits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared import ids
from shared.bus.envelope import Actor, Envelope
from shared.clock import Clock
from shared.contracts.event import Event
from shared.eventstore.decider import Decider

TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class Loaded:
    """A stream as this work sees it, and the events it adds."""

    decider: Decider[Any]
    aggregate: UUID
    state: Any
    version: int
    hash: bytes
    recorded: datetime | None
    key: str
    correlation: UUID | None
    case: UUID | None
    cadres: tuple[UUID, ...]
    added: list[tuple[Event, datetime]] = field(default_factory=list)
    recalled: bool = False
    """From memory without asking: the write has to find out whether it is still so."""

    @property
    def stream(self) -> str:
        """The stream's name."""
        return self.decider.stream(self.aggregate)


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do at a time. Its id says what it is about: setting it again moves it."""

    id: UUID
    due: datetime
    name: str
    key: str
    data: bytes
    cause: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """An event that waits in a consumer, to be let go: the consumer goes past it."""

    ordinal: int
    consumer: str
    key: str


class Changes:
    """What is to be written, in order; `envelopes` gives the events the form in which they are stored."""

    def __init__(
        self,
        source: str,
        clock: Clock,
        actor: Actor,
        *,
        cause: Envelope | None = None,
        command: str = "",
        seed: str = "",
        traceparent: str = "",
    ) -> None:
        """Nothing yet, of `actor` in the service `source`; `seed` makes ids repeatable when a cause does."""
        self.source = source
        self.clock = clock
        self.actor = actor
        self.cause = cause
        self.command = command
        self.traceparent = traceparent
        self.seed = seed or command
        self.streams: dict[str, Loaded] = {}
        self.timers: list[Timer] = []
        self.dropped: list[UUID] = []
        self.release: list[Held] = []
        self.order: list[tuple[str, int]] = []
        now = clock.now()
        self.at = max(now, cause.recorded) if cause else now

    def envelopes(self) -> list[tuple[Event, Callable[[bytes], Envelope]]]:
        """The new events in order, each with what makes its envelope from the stream's last hash."""
        floor = max(
            [self.at]
            + [loaded.recorded for loaded in self.streams.values() if loaded.recorded and loaded.added]
            + ([self.cause.recorded] if self.cause else [])
        )
        made: list[tuple[Event, Callable[[bytes], Envelope]]] = []
        first: UUID | None = None
        for count, (stream, index) in enumerate(self.order):
            loaded = self.streams[stream]
            event, happened = loaded.added[index]
            recorded = loaded.recorded = floor + TICK * (count + 1)
            event_id = ids.derive(recorded, self.seed, count) if self.seed else ids.draw(recorded)
            about = event.about() or loaded.cadres
            loaded.cadres = loaded.cadres or (about if loaded.decider.by_cadre else ())
            case = event.of_case() or loaded.case
            first = first or event_id
            if not loaded.key:
                loaded.key = str(about[0] if loaded.decider.by_cadre and about else loaded.aggregate)
            correlation = self.cause.correlation if self.cause else (case or loaded.correlation or first)
            made.append(
                (
                    event,
                    _envelope_maker(
                        id=event_id,
                        type=event.NAME,
                        version=event.VERSION,
                        source=self.source,
                        stream=stream,
                        stream_version=loaded.version + index + 1,
                        key=loaded.key,
                        happened=happened,
                        recorded=recorded,
                        actor=self.actor,
                        correlation=correlation,
                        simulated=self.clock.simulated,
                        cadres=about,
                        case=case,
                        command=self.command,
                        causation=self.cause.id if self.cause else None,
                        traceparent=self.traceparent,
                    ),
                )
            )
        return made


def timers_left(works: Iterable[Changes]) -> tuple[list[Timer], list[UUID]]:
    """The timers that are set behind all of these works, done in order, and the ids of those dropped."""
    left: dict[UUID, Timer | None] = {}
    for work in works:
        left |= dict.fromkeys(work.dropped)
        left |= {timer.id: timer for timer in work.timers}
    return [timer for timer in left.values() if timer], [name for name, timer in left.items() if not timer]


def _envelope_maker(**attributes: Any) -> Callable[[bytes], Envelope]:
    return lambda previous: Envelope(previous=previous, **attributes)
