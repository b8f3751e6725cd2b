"""Boards that keep themselves current: nothing is missed from any mark, in any order; streams that end."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.console.live import MOST, Live, Shown
from shared.service import Running

HERE, THERE = uuid5(UUID(int=0), "here"), uuid5(UUID(int=0), "there")
KEYS = [uuid5(UUID(int=0), str(number)) for number in range(6)]
CARDS = st.dictionaries(
    st.sampled_from(KEYS),
    st.builds(
        Shown,
        st.frozensets(st.sampled_from([HERE, THERE])),
        st.sampled_from(["a", "b"]),
        st.sampled_from("123"),
        st.fixed_dictionaries({"version": st.integers(1, 3)}),
    ),
)


def drawn(language: str, key: UUID, shown: Shown) -> str:
    """A card that says everything."""
    return f'<li id="card-{key}">{language} {shown.place} {shown.order} {shown.facts["version"]}</li>'


class Board:
    """What a browser makes of the messages."""

    def __init__(self) -> None:
        self.cards: dict[str, str] = {}
        self.mark = ""

    def take(self, message: str) -> None:
        """One event of a stream."""
        lines = message.splitlines()
        if not lines:
            return
        fields = dict(line.split(": ", 1) for line in lines if line and not line.startswith("data"))
        if fields["event"] == "whole":
            self.cards.clear()
        for line in lines:
            told = line.removeprefix("data: ")
            if told.startswith("<li"):
                self.cards[told.split('"')[1]] = told
            elif told.startswith("<del"):
                self.cards.pop(told.split('"')[1], None)
        self.mark = fields["id"]


@given(st.lists(st.tuples(CARDS, st.sets(st.integers(0, 3))), max_size=8))
async def test_whoever_listens_however_seldom_sees_what_there_is(
    states: Sequence[tuple[dict[UUID, Shown], set[int]]],
) -> None:
    """Four browsers of different reach, each told only now and then, end with just what there is for them."""
    rows: dict[UUID, Shown] = {}

    async def read() -> dict[UUID, Shown]:
        return rows

    live = Live(cast(Running, None), read, drawn)  # nobody follows it here
    scopes = [None, frozenset({HERE}), frozenset({THERE}), frozenset[UUID]()]
    boards = [Board() for _ in scopes]
    for rows, listening in [*states, (states[-1][0] if states else {}, {0, 1, 2, 3})]:  # noqa: B007
        await live.refresh()
        for number in listening:
            boards[number].take(live.told(scopes[number], "en", boards[number].mark))
    for scope, board in zip(scopes, boards, strict=True):
        wanted = {
            f"card-{key}": drawn("en", key, shown)
            for key, shown in rows.items()
            if scope is None or shown.whose & scope
        }
        assert board.cards == wanted


async def test_a_mark_of_another_process_gets_the_whole() -> None:
    """And so does nonsense; at most so many of a list."""
    shown = {
        uuid5(HERE, str(number)): Shown(frozenset(), "a", f"{number}", {"version": 1})
        for number in range(300)
    }

    async def read() -> dict[UUID, Shown]:
        return shown

    live = Live(cast(Running, None), read, drawn)
    await live.refresh()
    for mark in ("", "0-1", "x", f"{live.mark}0", f"{live.mark.partition('-')[0]}-²", "-1", "9" * 500):
        told = live.told(None, "zh", mark)
        assert "event: whole" in told
        assert told.count("<li") == MOST
        assert '<data id="count-a" value="300">' in told
    assert live.told(None, "zh", live.mark) == ""
