"""The gateway's way to a service: bytes pass unchanged both ways, over connections that are used again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from deploy.door import Door, Server
from deploy.processes.frame import listen
from deploy.processes.proxy import Proxy
from tests.ports import free_port

LARGE = bytes(range(256)) * 4096
peers: set[object] = set()
left = asyncio.Event()


async def echo(request: Request) -> Response:
    """What came, and what it came with."""
    peers.add(request.client)
    body = await request.body()
    told = {
        "path": request.scope["raw_path"].decode(),
        "query": request.url.query,
        "for": request.headers.get("x-forwarded-for", ""),
        "host": request.headers["host"],
    }
    return Response(body, 201, told)


async def stream(_: Request) -> Response:
    """Parts without a length."""

    async def parts() -> AsyncIterator[bytes]:
        for number in range(5):
            yield b"%d\n" % number
            await asyncio.sleep(0)

    return StreamingResponse(parts())


async def breaks(_: Request) -> Response:
    """Says more than it keeps."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"some"
        raise ConnectionResetError

    return StreamingResponse(parts(), headers={"content-length": "1000"})


async def endless(_: Request) -> Response:
    """Goes on for as long as somebody listens."""

    async def parts() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"more"
                await asyncio.sleep(0.01)
        finally:
            left.set()

    left.clear()
    return StreamingResponse(parts())


SERVICE = Starlette(
    routes=[
        Route("/echo/{rest:path}", echo, methods=["POST", "GET"]),
        Route("/stream", stream),
        Route("/breaks", breaks),
        Route("/endless", endless),
        Route("/head", lambda _: PlainTextResponse("long enough"), methods=["GET", "HEAD"]),
        Route("/nothing", lambda _: Response(status_code=204)),
    ]
)


@asynccontextmanager
async def serving(port: int, app: ASGIApp = SERVICE) -> AsyncIterator[None]:
    """The service at this port, or what stands before it."""
    door = Door()
    door.open(app)
    server = Server(door)
    task = asyncio.create_task(server.serve([listen("127.0.0.1", port)]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def through() -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the proxy before a service that runs."""
    peers.clear()
    port = free_port()
    proxy = Proxy(f"http://127.0.0.1:{port}")
    transport = httpx.ASGITransport(proxy, client=("192.0.2.7", 5))
    async with serving(port), httpx.AsyncClient(transport=transport, base_url="http://bureau") as client:
        yield client
        await proxy.close()


async def test_what_is_asked_and_answered_passes_unchanged(through: httpx.AsyncClient) -> None:
    """Path as it was written, query, a large body, status and headers; for whom is said."""
    answer = await through.post("/echo/a%20b%2Fc?x=1&y=%E4%BD%A0", content=LARGE)
    assert (answer.status_code, answer.content) == (201, LARGE)
    assert answer.headers["path"] == "/echo/a%20b%2Fc"
    assert answer.headers["query"] == "x=1&y=%E4%BD%A0"
    assert answer.headers["for"] == "192.0.2.7"
    assert answer.headers["host"] == "bureau"


async def test_a_body_without_a_length_passes(through: httpx.AsyncClient) -> None:
    """In chunks, as it came."""

    async def parts() -> AsyncIterator[bytes]:
        for begin in range(0, len(LARGE), 10_000):
            yield LARGE[begin : begin + 10_000]

    assert (await through.post("/echo/", content=parts())).content == LARGE


async def test_an_answer_without_a_length_passes(through: httpx.AsyncClient) -> None:
    """To its end, and no further."""
    assert (await through.get("/stream")).text == "0\n1\n2\n3\n4\n"
    assert (await through.get("/nothing")).status_code == 204
    assert (await through.get("/stream")).text == "0\n1\n2\n3\n4\n"


async def test_only_the_head_is_waited_for_where_nothing_follows(through: httpx.AsyncClient) -> None:
    """The length that it tells is that of what isn't sent."""
    answer = await through.head("/head")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "11", b"")
    assert (await through.get("/head")).text == "long enough"


async def test_a_connection_serves_many_requests(through: httpx.AsyncClient) -> None:
    """One after the other over one; side by side each has its own, and none gets another's answer."""
    for _ in range(5):
        await through.post("/echo/", content=b"x")
    assert len(peers) == 1
    bodies = [b"%d" % number * 5000 for number in range(20)]
    answers = await asyncio.gather(*(through.post("/echo/", content=body) for body in bodies))
    assert [answer.content for answer in answers] == bodies


async def test_an_answer_that_breaks_off_is_not_taken_for_whole(through: httpx.AsyncClient) -> None:
    """The caller's line breaks, too; the next request is none the worse."""
    with pytest.raises(ConnectionError):
        await through.get("/breaks")
    assert (await through.get("/head")).text == "long enough"


async def test_a_stream_ends_when_nobody_listens_any_more() -> None:
    """The service hears of it, and doesn't go on for ever."""
    port, front = free_port(), free_port()
    proxy = Proxy(f"http://127.0.0.1:{port}")
    async with serving(port), serving(front, proxy), httpx.AsyncClient() as client:
        async with client.stream("GET", f"http://127.0.0.1:{front}/endless") as answer:
            async for part in answer.aiter_raw():
                assert part.startswith(b"more")
                break
        async with asyncio.timeout(10):
            await left.wait()
    await proxy.close()


async def test_no_header_is_told_twice() -> None:
    """Both servers write the date, and only one of them is heard."""
    port, front = free_port(), free_port()
    proxy = Proxy(f"http://127.0.0.1:{port}")
    async with serving(port), serving(front, proxy), httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{front}/head")
    await proxy.close()
    names = [name.lower() for name, _ in answer.headers.raw]
    assert b"date" in names
    assert sorted(names) == sorted(set(names))


async def test_while_nobody_is_there_it_says_so() -> None:
    """503 with when to ask again; as soon as somebody is there the request goes through, again and again."""
    port = free_port()
    proxy = Proxy(f"http://127.0.0.1:{port}")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(proxy), base_url="http://bureau") as client:
        away = await client.get("/head")
        assert (away.status_code, away.headers["retry-after"]) == (503, "1")
        for _ in range(2):
            async with serving(port):
                assert (await client.get("/head")).text == "long enough"
    await proxy.close()
