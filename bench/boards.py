"""How soon all open boards show what has happened: from a command's answer until the last has the card.

A command is a request that comes in and goes to matching; each board is a connection of its own, Chinese or
English. Beside it the same with one board open, and the second that it may take.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.asking import INTAKE, OPERATOR, SERVICE, City
from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target, alternate
from bench.serving import serving
from bench.visitor import HOURS, cookie
from deploy.client import Client, Signer
from deploy.services import SERVICES
from shared import ids
from shared.clock import wall_now
from shared.console.session import ACCESS
from shared.roles import Role

BOARDS = 200
WITHIN = 1_000.0
"""Milliseconds from event to screen."""
PATIENCE = 60.0
CARD = b'<li id="card-'
ID = 36


class Board:
    """An open stream that notes which cards have come."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        """Of this connection."""
        self._reader = reader
        self._seen: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.begun = asyncio.Event()

    async def listen(self) -> None:
        """Until the connection ends."""
        async for line in self._reader:
            _, found, rest = line.partition(CARD)
            if found:
                self._seen[rest[:ID].decode()].set()
            elif line.startswith(b"event: "):
                self.begun.set()

    async def until(self, card: str) -> None:
        """The card has come."""
        async with asyncio.timeout(PATIENCE):
            await self._seen[card].wait()


@asynccontextmanager
async def _boards(address: str, key: Ed25519PrivateKey, count: int) -> AsyncIterator[Sequence[Board]]:
    """So many, all of the whole city."""
    where = urlsplit(address)
    async with AsyncExitStack() as stack:
        boards = []
        for number in range(count):
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            stack.callback(writer.close)
            language = ("zh", "en")[number % 2]
            access = cookie(key, ids.draw(wall_now()), Role.COORDINATOR)
            asked = [
                "GET /matching/stream HTTP/1.1",
                f"Host: {where.netloc}",
                f"Cookie: {ACCESS}={access}; jiujin_language={language}",
                "Accept: text/event-stream",
            ]
            writer.write("".join(f"{line}\r\n" for line in [*asked, ""]).encode())
            board = Board(reader)
            listening = asyncio.create_task(board.listen())
            stack.callback(listening.cancel)
            boards.append(board)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(board.begun.wait() for board in boards))
        yield boards


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """In one process, with the local carrier; those who look are in another, on the same cores."""
    key = Ed25519PrivateKey.generate()
    names = [*(service.name for service in SERVICES), "vault"]
    config = {
        "dsns": {name: await ground.database() for name in names},
        "files": str(ground.folder),
        "public_key": key.public_key().public_bytes_raw().hex(),
    }
    many, times = scale.pick(BOARDS, 20), scale.pick(10, 2)
    async with (
        serving(config) as address,
        Client(address, Signer(key, seconds=HOURS * 3600)) as client,
    ):
        city = City(client)
        await city.fill(scale.pick(100, 10), 2 * times * (scale.rounds + 1))

        async def slowest(count: int) -> float:
            async with _boards(address, key, count) as boards:
                return max([await _shown(city, boards) for _ in range(times)])

        found = await alternate(scale.rounds, {"many": lambda: slowest(many), "one": lambda: slowest(1)})
    what = f"event → card, the last of {many} open boards, the worst of {times} events"
    note = "A round opens its boards anew; each gets every card once."
    target = Series((WITHIN,) * scale.rounds)
    return [
        Line(what, found["many"], "the second that it may take", target, "ms", Target("at most", 1.0), note),
        Line(what, found["many"], "one open board", found["one"], "ms", SHOWN),
    ]


async def _shown(city: City, boards: Sequence[Board]) -> float:
    """Milliseconds from the answer until all boards have the card."""
    cadre = city.cadres[city.used]
    city.used += 1
    body = {"cadre": cadre, "service": SERVICE, "urgency": "urgent", "elements": {"what": "米和油"}}
    done = await city.client.done(OPERATOR, f"{INTAKE}/requests", body, key=f"request-{cadre}")
    began = time.perf_counter()
    await asyncio.gather(*(board.until(done["id"]) for board in boards))
    return (time.perf_counter() - began) * 1000
