"""Whatever a consumer did before and does meanwhile, a view that is built has each event once, in order."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.bus.envelope import Envelope
from shared.bus.past import Cursors, Read
from shared.eventstore.sieve import Marks, Sieve

OLD = frozenset({"both", "other"})
"""What the old version wants."""
NEW = OLD | {"new"}
VIEW = frozenset({"both", "new"})
"""What the view follows."""
TOGETHER = 2


class One(NamedTuple):
    """An event: what the sieve looks at, and of which kind it is."""

    source: str
    key: str
    stream: str
    stream_version: int
    kind: str
    place: int


def logs_of(told: list[tuple[str, str, int, str]]) -> dict[str, list[One]]:
    """A log a source."""
    logs: dict[str, list[One]] = {"a": [], "b": []}
    versions: dict[str, int] = defaultdict(int)
    for source, key, which, kind in told:
        stream = f"{source}{key}{which}"
        versions[stream] += 1
        logs[source].append(One(source, key, stream, versions[stream], kind, len(logs[source])))
    return logs


@dataclass
class Service:
    """A service's database and its consumer, by the rules of `shared/bus/consumer.py`."""

    logs: dict[str, list[One]]
    wants: frozenset[str] = OLD
    inbox: dict[str, int] = field(default_factory=dict)
    held: list[One] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=lambda: {"a": 0, "b": 0})
    cursors: dict[str, int] = field(default_factory=lambda: {"a": 0, "b": 0})
    view: list[One] = field(default_factory=list)
    reacted: set[One] = field(default_factory=set)

    def had(self, one: One) -> bool:
        """Whether it was taken in."""
        return one.stream_version <= self.inbox.get(one.stream, 0)

    def deliver(self, source: str, *, fails: bool = False) -> bool:
        """The next of a log; whether there was one."""
        if self.read[source] == len(self.logs[source]):
            return False
        one = self.logs[source][self.read[source]]
        self.read[source] += 1
        if one.kind in self.wants and not self.had(one) and one not in self.held:
            if fails or any(other.key == one.key for other in self.held):
                self.held.append(one)
            else:
                self.take(one)
        return True

    def take(self, one: One) -> None:
        """Its effect."""
        self.inbox[one.stream] = one.stream_version
        self.reacted.add(one)
        if one.kind in VIEW:
            self.view.append(one)

    def drain(self) -> bool:
        """Let go what has waited longest; whether there was anything."""
        if not self.held:
            return False
        one = self.held.pop(0)
        if not self.had(one):
            self.take(one)
        return True

    def die(self, wants: frozenset[str]) -> None:
        """What comes next begins where the cursors were written down."""
        self.read = dict(self.cursors)
        self.wants = wants

    def act(self, what: tuple[str, str]) -> None:
        """Any of these."""
        name, source = what
        if name == "save":
            self.cursors[source] = self.read[source]
        elif name == "drain":
            self.drain()
        else:
            self.deliver(source, fails=name == "fail")


@dataclass
class Building:
    """What `rebuild` does, without the tables: reads both logs by turns that are drawn."""

    service: Service
    turns: list[str]
    at: dict[str, int] = field(default_factory=lambda: {"a": 0, "b": 0})
    kept: list[Read] = field(default_factory=list)
    built: list[One] = field(default_factory=list)
    left: int = 0

    def catch_up(self, between: Any, *, still: bool) -> None:
        """Once through; `between` happens before each batch, and between the marks and the first."""
        service = self.service
        cursors: Cursors = {source: (place - 1,) for source, place in service.cursors.items()}
        waiting = {(one.stream, one.stream_version) for one in service.held}
        sieve = Sieve(Marks(cursors, waiting), still=still)
        pending = list(self.kept)
        for one in self.more():
            if one.kind in VIEW or (one.stream, one.stream_version) in waiting:
                pending.append(Read(cast("Envelope", one), one.source, (one.place,)))
            if len(pending) >= TOGETHER and not still:
                self.take(sieve, pending, between)
                pending = []
        self.take(sieve, pending, between)
        self.kept, self.left = sieve.kept, sieve.left

    def more(self) -> list[One]:
        """What is unread."""
        found = []
        for source in [*self.turns, *"aaaaaaaaaaaaaabbbbbbbbbbbbbb"]:
            log = self.service.logs[source]
            if self.at[source] < len(log):
                found.append(log[self.at[source]])
                self.at[source] += 1
        return found

    def take(self, sieve: Sieve, reads: list[Read], between: Any) -> None:
        """A batch."""
        between()
        for envelope, passed in sieve.sift(reads, dict(self.service.inbox)):
            one = cast("One", envelope)
            if one.kind in VIEW:
                self.built.append(one)
            older = [other for other in self.service.held if other.stream == one.stream and other < one]
            if passed and not older:
                inbox = self.service.inbox
                inbox[one.stream] = max(one.stream_version, inbox.get(one.stream, 0))


EVENTS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from("xy"),
        st.integers(0, 1),
        st.sampled_from(["both", "new", "other"]),
    ),
    max_size=14,
)
ACTS = st.tuples(
    st.sampled_from(["deliver", "deliver", "deliver", "fail", "drain", "save"]), st.sampled_from("ab")
)


@settings(max_examples=500)
@example(
    told=[("a", "x", 0, "both"), ("b", "x", 0, "other"), ("b", "x", 0, "new")],
    before=[],
    meanwhile=[[("save", "b")], [("deliver", "b")], [("fail", "b")]],
    turns=[],
    beside="old",
    again=True,
)
@given(
    EVENTS,
    st.lists(ACTS, max_size=30),
    st.lists(st.lists(ACTS, max_size=4), max_size=12),
    st.lists(st.sampled_from("ab"), max_size=14),
    st.sampled_from(["nobody", "old", "new"]),
    st.booleans(),
)
def test_each_event_once_and_in_order(
    told: list[tuple[str, str, int, str]],
    before: list[tuple[str, str]],
    meanwhile: list[list[tuple[str, str]]],
    turns: list[str],
    beside: str,
    again: bool,  # noqa: FBT001  drawn
) -> None:
    """An old version works, and is at an end in some way; a new one goes on, or `again` from the start.

    `beside` the building works nobody, as where one process starts, or the old version, in another one; or it
    is built once more while the new version works, which has begun in good order.
    """
    service = Service(logs_of(told))
    for act in before:
        service.act(act)
    if beside == "new":
        service.cursors = dict(service.read)
    if beside != "old":
        service.die(NEW)
    acts = list(meanwhile)

    def between() -> None:
        for act in acts.pop() if acts and beside != "nobody" else ():
            service.act(act)

    building = Building(service, turns)
    building.catch_up(between, still=False)
    building.catch_up(between, still=False)
    if beside == "old":
        service.die(NEW)
    passed = {
        one
        for source, log in service.logs.items()
        for one in log[: service.cursors[source]]
        if one.kind == "new" and one not in service.reacted and one not in service.held
    }
    building.catch_up(lambda: None, still=True)
    for one in building.built:
        older = [other for other in service.held if other[:2] == one[:2] and other.place < one.place]
        assert not any(other.kind in VIEW for other in older)
    lacking = {one for log in service.logs.values() for one in log if one.kind == "new"}
    assert building.left <= len(lacking.difference(building.built, service.held))
    service.view = building.built
    if again:
        service.read = {"a": 0, "b": 0}
    while service.deliver("a") or service.deliver("b"):
        pass
    while service.drain():
        pass
    if building.left:
        whole = Building(service, turns)
        whole.catch_up(lambda: None, still=True)
        service.view = whole.built
        assert not whole.left
    every = [one for log in service.logs.values() for one in log if one.kind in VIEW]
    assert sorted(service.view) == sorted(every)
    for source in "ab":
        for key in "xy":
            shown = [one.place for one in service.view if (one.source, one.key) == (source, key)]
            assert shown == sorted(shown)
    if not (again and building.left):
        assert not passed & service.reacted
