"""The door at a stop: streams of events end, all else is finished."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy.door import Door


def app(kind: bytes, told: list[str]) -> ASGIApp:
    """Answers in this kind, and says when it hears that its client has gone."""

    async def answer(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        told.append((await receive())["type"])
        told.append((await receive())["type"])

    return answer


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        (b"text/event-stream; charset=utf-8", ["http.request", "http.disconnect"]),
        (b"text/csv", ["http.request"]),
    ],
)
async def test_only_streams_are_told_to_end(kind: bytes, heard: Sequence[str]) -> None:
    """A file that is on its way goes on."""
    door, told = Door(), list[str]()
    door.open(app(kind, told))
    first = True

    async def receive() -> Message:
        nonlocal first
        if not first:
            await asyncio.Event().wait()
        first = False
        return {"type": "http.request"}

    async def send(_: Message) -> None:
        return

    serving = asyncio.create_task(door({"type": "http"}, receive, send))
    for _ in range(10):
        await asyncio.sleep(0)
    assert told == ["http.request"]
    door.close()
    for _ in range(10):
        await asyncio.sleep(0)
    assert told == heard
    serving.cancel()
