"""The board as it is read, and its streams: what they tell, and when they end."""

import asyncio
import re
import time
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.types import Message

from services.matching.console import boards, requests
from services.matching.console.board import board_of
from services.matching.console.panel import panel_of
from shared.console import stream as streams
from shared.console.live import Shown
from shared.console.session import ACCESS, VisitContext
from shared.console.stream import Stream
from shared.contracts import intake
from shared.contracts.values import HoldReason
from shared.roles import Principal, Role
from tests.integration.matching.stage import API, HERE, Stage

ACCOUNT = uuid4()


class Line:
    """A browser's end of a stream; a narrow one takes nothing behind the first lines."""

    def __init__(self, *, narrow: bool = False) -> None:
        self.sent, self.narrow = b"", narrow
        self.gone, self.came, self.over = asyncio.Event(), asyncio.Event(), False

    async def receive(self) -> Message:
        """That it has gone."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """What comes."""
        if self.narrow and self.sent:
            await asyncio.Event().wait()
        self.sent += message.get("body", b"")
        self.over = message["type"] == "http.response.body" and not message.get("more_body")
        self.came.set()

    async def until(self, text: str) -> None:
        """Something comes that says this."""
        async with asyncio.timeout(10):
            while text not in self.sent.decode():
                self.came.clear()
                await self.came.wait()


def streaming(stage: Stage, line: Line, *, seconds: float = 300) -> "asyncio.Task[None]":
    """A stream of the community to this line."""
    running = stage.city.system.services["matching"]
    who = Principal(str(ACCOUNT), Role.COORDINATOR, frozenset({HERE}))
    visit = VisitContext(running, who, "mark", "en", 1, int(time.time() + seconds))
    answer = Stream(board_of(running), visit, frozenset({HERE}), "")
    return asyncio.create_task(answer({"type": "http"}, line.receive, line.send))


async def shown(stage: Stage, request: UUID) -> Shown:
    """A request on the board as it is now."""
    board = board_of(stage.city.system.services["matching"])
    await board.refresh()
    rows: Mapping[UUID, Shown] = dict(board.rows(frozenset({HERE})))
    return rows[request]


async def test_each_column_and_what_runs_out(stage: Stage) -> None:
    """From nobody to the callback: the deadline, the offer's end, the visit's begin and end, the callback."""
    request = await stage.request()
    lone = await shown(stage, request)
    assert (lone.place, lone.facts["state"]) == ("unmatched", "Exhausted")
    assert lone.facts["due"] is not None
    about: dict[str, Any] = {"request": request, "cadre": stage.cadre}
    held = intake.RequestHeld(**about, reason=HoldReason.WEATHER, until=None)
    await stage.say("intake", "request", request, held)
    assert (await shown(stage, request)).facts["due"] is None or lone.facts["state"] == "Exhausted"
    await stage.city.advance(hours=5)
    await stage.say("intake", "request", request, intake.RequestResumed(**about))
    later = await shown(stage, request)
    assert later.order > lone.order
    helper = await stage.helper("李敏")
    await stage.coordinator.done(f"{API}/matches/{request}/rank-again")
    await stage.city.settle()
    offered = await shown(stage, request)
    assert (offered.place, offered.facts["asked"]) == ("offered", ("李敏",))
    assigned = await stage.assigned(request, helper)
    taken = await shown(stage, request)
    assert (taken.place, taken.facts["due"], taken.facts["helper"]) == (
        "assigned",
        assigned.slot.start,
        "李敏",
    )
    await stage.say("intake", "request", request, intake.RequestBegun(**about))
    assert ((await shown(stage, request)).place, (await shown(stage, request)).facts["due"]) == (
        "begun",
        assigned.slot.end,
    )
    await stage.say(
        "intake",
        "request",
        request,
        intake.RequestServiceReported(**about),
        intake.CallbackDue(**about, drawn=False),
    )
    called = await shown(stage, request)
    assert called.place == "callback"
    assert called.facts["due"] is not None
    case = {**about, "funding": uuid4()}
    await stage.say("intake", "request", request, intake.RequestEscalated(**case))
    decided_on = await shown(stage, request)
    assert (decided_on.place, decided_on.facts["due"], decided_on.facts["funds"]) == ("callback", None, True)
    await stage.say("intake", "request", request, intake.EscalationEnded(**case, granted=True))
    again = await shown(stage, request)
    assert (again.facts["due"] is not None, again.facts["funds"]) == (True, False)
    await stage.say("intake", "request", request, intake.RequestClosed(**about, by_callback=True))
    with pytest.raises(KeyError):
        await shown(stage, request)


async def test_a_stream_tells_what_happens_until_nobody_listens(stage: Stage) -> None:
    """Begun with the whole, then each change; then nobody follows any more."""
    line = Line()
    telling = streaming(stage, line)
    await line.until("event: whole")
    await stage.helper("李敏")
    request = await stage.request()
    await line.until(f'<li id="card-{request}"')
    await line.until('data-place="offered"')
    await line.until('<data id="count-offered" value="1">')
    line.gone.set()
    await telling
    assert line.over


async def test_whoever_reads_the_board_rings_for_all(stage: Stage) -> None:
    """A page that is loaded finds a change first: streams are told of it all the same."""
    board = board_of(stage.city.system.services["matching"])
    line = Line()
    telling = streaming(stage, line)
    await line.until("event: whole")
    with board.seat(ACCOUNT, 1) as seat:
        await board.refresh()
        seat.bell.clear()
        request = await stage.request()
        await board.refresh()
        assert seat.bell.is_set()
    await line.until(f'<li id="card-{request}"')
    line.gone.set()
    await telling


@pytest.mark.parametrize(
    ("module", "path"), [(boards, "/matching/?open="), (requests, "/matching/requests/")]
)
async def test_what_moves_while_a_page_is_made_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, module: ModuleType, path: str
) -> None:
    """Others move the board on behind what the page has read: its line begins where the page ends."""
    request, board = await stage.request(), board_of(stage.city.system.services["matching"])
    later: list[UUID] = []

    async def meanwhile(*asked: Any, **more: Any) -> dict[str, Any]:
        facts = await panel_of(*asked, **more)
        later.append(await stage.request())
        await board.refresh()
        return facts

    monkeypatch.setattr(module, "panel_of", meanwhile)
    token = stage.city.token(Role.COORDINATOR, sub=str(ACCOUNT), communities=[HERE], version=1, form="mark")
    page = await stage.coordinator.get(f"{path}{request}", headers={"Cookie": f"{ACCESS}={token}"})
    (mark,) = re.findall(r'data-mark="([^"]+)"', page.text)
    assert f'<li id="card-{later[0]}"' in board.told(frozenset({HERE}), "en", mark)


async def test_a_stream_ends_with_the_token(stage: Stage) -> None:
    """The page comes back with the next one."""
    line = Line()
    await asyncio.wait_for(streaming(stage, line, seconds=1), 10)
    assert line.over


async def test_a_stream_ends_with_the_sign_in(stage: Stage) -> None:
    """Signed out everywhere: as soon as that is known here."""
    line = Line()
    telling = streaming(stage, line)
    await line.until("event: whole")
    store = stage.city.store("matching")
    await store.pool.execute("INSERT INTO ended VALUES ($1, 2)", ACCOUNT)
    store.wake()
    await asyncio.wait_for(telling, 10)
    assert line.over


async def test_who_is_too_slow_is_dropped(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others go on; nothing is kept for who takes nothing."""
    monkeypatch.setattr(streams, "SLOW_SECONDS", 0.1)
    slow, quick = Line(narrow=True), Line()
    telling, going = streaming(stage, slow), streaming(stage, quick)
    await quick.until("event: whole")
    await stage.helper("李敏")
    request = await stage.request()
    await quick.until(f'<li id="card-{request}"')
    await asyncio.wait_for(telling, 10)
    assert not slow.over
    quick.gone.set()
    await going
