"""Boards that move by themselves: what a list shows now, kept the same for all who look at it.

What is kept is a state and not a log: each change has a number, and whoever is behind, however far, is told
each card that has changed since, once and as it is now. So nobody has a queue, a gap can't be, and whoever is
too far behind, or comes with a number of another process, gets the whole.
"""

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

import structlog
from markupsafe import escape

from shared.console import ended
from shared.eventstore.log import POLL_SECONDS, wait_for_hint
from shared.observe.logs import named
from shared.service import Running

log = structlog.get_logger("jiujin.live")
ALONE_SECONDS = 5.0
"""Between two looks without a hint, where nobody else moves the views."""
APART_SECONDS, SHARE, MOST_APART = 0.05, 4, 0.25
"""Between two readings at least; so many times what the last one took, but no longer than the third."""
TROUBLE_SECONDS = 1.0
REMEMBERED = 10_000
"""Changes; who has missed more gets the whole."""
MOST = 200
"""Cards of a list that are shown."""

DIGITS = 12

Whose = frozenset[UUID | str]
"""Of which communities, persons and units."""
Scope = Whose | None
"""What is of any of these; None for the whole city."""


class Shown(NamedTuple):
    """A row of a list: whose, where it stands, in what order, what its card says. Equal ones look alike."""

    whose: Whose
    place: str
    order: str
    facts: Mapping[str, object]


Read = Callable[[], Awaitable[Mapping[UUID, Shown]]]
Draw = Callable[[str, UUID, Shown], str]
"""A card from language, key and row: one element, whose id is `card-KEY`."""


class Change(NamedTuple):
    """A card came, changed or went: of whom it is or was."""

    number: int
    key: UUID
    whose: Whose


@dataclass
class _Card:
    shown: Shown
    drawn: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Seat:
    """Somebody who looks: as whom, since which version of the account's stream."""

    account: UUID
    version: int
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


class Live:
    """One list of a service, in this process."""

    def __init__(self, running: Running, read: Read, draw: Draw) -> None:
        """Nothing is read before somebody looks."""
        self._running, self._read, self._draw = running, read, draw
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._cards: dict[UUID, _Card] = {}
        self._changes: deque[Change] = deque(maxlen=REMEMBERED)
        self._counts: dict[Whose, Counter[str]] = {}
        self._told: dict[tuple[Scope, str, int | None], str] = {}
        self._seats: set[Seat] = set()
        self._turn = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None

    @property
    def mark(self) -> str:
        """What is known now, as whoever comes back names it."""
        return f"{self._epoch}-{self._number}"

    async def refresh(self) -> None:
        """Read, and note what has changed."""
        async with self._turn:
            self._note(await self._read())

    async def begin(self) -> None:
        """Read, unless it is known already and followed."""
        if self._following is None:
            await self.refresh()

    def rows(self, scope: Scope) -> list[tuple[UUID, Shown]]:
        """What there is of these, in order."""
        found = [(key, card.shown) for key, card in self._cards.items() if _within(card.shown.whose, scope)]
        return sorted(found, key=lambda one: (one[1].order, one[0]))

    def counts(self, scope: Scope) -> Counter[str]:
        """How many there are, by place."""
        counts = (count for whose, count in self._counts.items() if _within(whose, scope))
        return sum(counts, Counter[str]())

    def told(self, scope: Scope, language: str, mark: str) -> str:
        """What brings who knows `mark` to now, as an event of a stream; empty when nothing does."""
        since = self._since(mark)
        if since == self._number:
            return ""
        key = (scope, language, since)
        if key not in self._told:
            self._told[key] = self._message(scope, language, since)
        return self._told[key]

    @contextmanager
    def seat(self, account: UUID, version: int) -> Iterator[Seat]:
        """Whoever looks: the bell rings when something has changed, or their sign-in has ended."""
        seat = Seat(account, version)
        self._seats.add(seat)
        if self._following is None:
            self._following = asyncio.create_task(self._follow())
        try:
            yield seat
        finally:
            self._seats.discard(seat)
            if not self._seats:
                self._following.cancel()
                self._following = None

    async def _follow(self) -> None:
        """As long as anybody looks: the hints shorten the wait, polling finds everything."""
        hint, consumer, store = asyncio.Event(), self._running.consumer, self._running.store
        consumer.watched.add(hint)
        store.listen(hint)
        now = asyncio.get_running_loop().time
        try:
            while True:
                hint.clear()
                begun = now()
                try:
                    await self.refresh()
                    await self._end_seats()
                except Exception as error:  # noqa: BLE001  whatever it is, the next look finds everything
                    log.warning("not looked", error=named(error))
                    await asyncio.sleep(TROUBLE_SECONDS)
                await asyncio.sleep(min(max(APART_SECONDS, SHARE * (now() - begun)), MOST_APART))
                await wait_for_hint(hint, ALONE_SECONDS if store.exclusive else POLL_SECONDS)
        finally:
            store.unlisten(hint)
            consumer.watched.discard(hint)

    async def _end_seats(self) -> None:
        """Those whose sign-in has ended are told."""
        accounts = {seat.account for seat in self._seats}
        at = await ended.versions(self._running.store.pool, accounts)
        for seat in self._seats:
            if at.get(seat.account, 0) > seat.version:
                seat.over = True
                seat.bell.set()

    def _note(self, rows: Mapping[UUID, Shown]) -> None:
        changed = [key for key, row in rows.items() if not self._same(key, row)]
        gone = [key for key in self._cards if key not in rows]
        if not changed and not gone:
            return
        number = self._number = self._number + 1
        self._told.clear()
        for key in (*gone, *changed):
            before, after = self._cards.pop(key, None), rows.get(key)
            if after is not None:
                self._cards[key] = _Card(after)
            rows_of = (before.shown if before else None, after)
            whose = Whose().union(*(row.whose for row in rows_of if row is not None))
            self._changes.append(Change(number, key, whose))
        self._counts = {}
        for card in self._cards.values():
            self._counts.setdefault(card.shown.whose, Counter())[card.shown.place] += 1
        for seat in self._seats:
            seat.bell.set()

    def _same(self, key: UUID, row: Shown) -> bool:
        known = self._cards.get(key)
        return known is not None and known.shown == row

    def _since(self, mark: str) -> int | None:
        """The number in a mark; None when it is none of ours, or too much has changed since."""
        epoch, _, number = mark.partition("-")
        if epoch != self._epoch or not number.isdecimal() or len(number) > DIGITS:
            return None
        oldest = self._changes[0].number if len(self._changes) == REMEMBERED else 0
        return int(number) if oldest <= int(number) <= self._number else None

    def _message(self, scope: Scope, language: str, since: int | None) -> str:
        if since is None:
            kind, cards = "whole", self._shown_first(scope, language)
        else:
            kind, cards = "some", self._changed(scope, language, since)
            if not cards:
                return ""
        counts = self.counts(scope).items()
        lines = [f'<data id="count-{escape(place)}" value="{count}"></data>' for place, count in counts]
        told = [line for part in (*lines, *cards) for line in part.splitlines()]
        return f"id: {self.mark}\nevent: {kind}\n" + "".join(f"data: {line}\n" for line in told) + "\n"

    def _shown_first(self, scope: Scope, language: str) -> Sequence[str]:
        """Of each place as many as are shown."""
        seen, told = Counter[str](), []
        for key, shown in self.rows(scope):
            seen[shown.place] += 1
            if seen[shown.place] <= MOST:
                told.append(self._drawn(language, key))
        return told

    def _changed(self, scope: Scope, language: str, since: int) -> Sequence[str]:
        told = []
        missed = takewhile(lambda change: change.number > since, reversed(self._changes))
        for key in {change.key for change in missed if _within(change.whose, scope)}:
            card = self._cards.get(key)
            if card is not None and _within(card.shown.whose, scope):
                told.append(self._drawn(language, key))
            else:
                told.append(f'<del id="card-{key}"></del>')
        return told

    def _drawn(self, language: str, key: UUID) -> str:
        card = self._cards[key]
        if language not in card.drawn:
            card.drawn[language] = self._draw(language, key, card.shown)
        return card.drawn[language]


def _within(whose: Whose, scope: Scope) -> bool:
    return scope is None or not scope.isdisjoint(whose)
