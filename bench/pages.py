"""How long the server takes for a page in a city of ten demos, and what a browser loads that has nothing yet.

Every page that somebody works with is asked for within the system's own process, one after the other, with
what it shows taken in turn. A round's figure is the 95th percentile; the median and the processor's time,
PostgreSQL's among it, stand beside it: where others work on the machine, that alone is to be trusted.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from gzip import decompress
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.ground import Ground
from bench.measure import Line, Scale, Series, Target, alternate
from bench.pages_there import Page, pages
from bench.tenfold import standing_city
from bench.visitor import cookie
from deploy.control import make_control
from deploy.gateway import Gateway
from deploy.system import System
from shared import ids
from shared.console.session import ACCESS

DAYS, CITIES = 60, 10
LIMIT_MS = 100.0
LIMIT_KB = 150.0
PACKED = b"\x1f\x8b"
WHY = quote("年度抽查")
LOADED = re.compile(r'(?:href|src)="(/[a-z]+/static/[^"]+)"')
NEEDED = re.compile(rb'^import (?:[^"]* from )?"\./([^"]+)"', re.MULTILINE)
"""What a script needs from the beginning; charts are fetched once there is one."""


@dataclass
class Answer:
    """What the system sent."""

    status: int = 0
    body: bytes = b""


@dataclass
class Reader:
    """Asks for pages as their readers' browsers do; keeps how long each took."""

    system: System
    key: Ed25519PrivateKey
    took: dict[str, list[float]] = field(default_factory=dict)
    worked: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Without a network: what is timed is the server."""
        self._app = Gateway(self.system.apps, make_control(self.system))
        self._tokens: dict[Any, str] = {}

    async def ask(self, page: Page, path: str) -> Answer:
        """One answer; AssertionError when it isn't the page."""
        cookies = f"{ACCESS}={self._token(page)}; jiujin_language=zh; jiujin_why={WHY}"
        headers = {"cookie": cookies, "accept-encoding": "gzip", "sec-fetch-site": "same-origin"}
        headers |= {"accept": "*/*", "sec-fetch-dest": "empty"} if page.part else {"accept": "text/html"}
        where, _, query = path.partition("?")
        answer = Answer()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"city"), *((one.encode(), two.encode()) for one, two in headers.items())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            answer.status = message.get("status", answer.status)
            answer.body += message.get("body", b"")

        await self._app(scope, receive, send)
        if answer.status != 200:  # noqa: PLR2004  all of them are there
            raise AssertionError(f"{path} was answered with {answer.status}: {answer.body[:200]!r}")
        return answer

    def _token(self, page: Page) -> str:
        who = (page.role, page.bound)
        if who not in self._tokens:
            account = ids.derive(ids.EPOCH, "bench", page.role)
            self._tokens[who] = cookie(self.key, account, page.role, **dict(page.bound))
        return self._tokens[who]

    def round(self, page: Page, visits: int) -> Callable[[], Awaitable[float]]:
        """A round of so many visits, on and on through what it shows; gives their p95 in milliseconds."""
        paths = cycle(page.paths)
        took, worked = self.took.setdefault(page.name, []), self.worked.setdefault(page.name, [])

        async def run() -> float:
            each, before = [], await self._worked()
            for _ in range(visits):
                began = time.perf_counter()
                await self.ask(page, next(paths))
                each.append((time.perf_counter() - began) * 1000)
            worked.append((await self._worked() - before) / visits)
            took.append(median(each))
            return quantiles(each, n=20)[-1]

        return run

    async def _worked(self) -> float:
        """Milliseconds that this process and PostgreSQL's have kept a processor busy."""
        rows = await self.system.pools[0].fetch("SELECT pid FROM pg_stat_activity")
        return time.process_time() * 1000 + sum(_kept_busy(row["pid"]) for row in rows)

    async def weight(self, page: Page) -> float:
        """Kilobytes of the page and all that it loads at once, as they are sent."""
        sent, html = await self._file(page, page.paths[0])
        waiting, loaded = LOADED.findall(html.decode()), {}
        while waiting:
            path = waiting.pop()
            if path not in loaded:
                loaded[path], plain = await self._file(page, path)
                folder = path.rpartition("/")[0]
                waiting += [f"{folder}/{name.decode()}" for name in NEEDED.findall(plain)]
        return (sent + sum(loaded.values())) / 1000

    async def _file(self, page: Page, path: str) -> tuple[int, bytes]:
        """How many bytes are sent of a page or a file, and what is in it; a small one goes as it is."""
        sent = (await self.ask(page, path)).body
        return len(sent), decompress(sent) if sent.startswith(PACKED) else sent


def _kept_busy(process: int) -> float:
    """How many milliseconds a process has kept a processor busy; none when it has ended."""
    try:
        told = Path(f"/proc/{process}/schedstat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(told.split()[0]) / 1e6


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """A line a page; a line for what each role begins with."""
    async with standing_city(ground, scale.pick(DAYS, 2), scale.pick(CITIES, 2)) as (system, key):
        reader = Reader(system, key)
        there = await pages(system, scale.pick(20, 2))
        visits = scale.pick(20, 2)
        found = await alternate(scale.rounds, {one.name: reader.round(one, visits) for one in there})
        limit = Series((LIMIT_MS,) * scale.rounds)
        lines = [
            Line(
                f"{one.name}, p95",
                found[one.name],
                "the limit",
                limit,
                "ms",
                Target("at most", 1.0),
                f"p50 {median(reader.took[one.name][1:]):.1f} ms, "
                f"processor {median(reader.worked[one.name][1:]):.1f} ms.",
            )
            for one in there
        ]
        most = Series((LIMIT_KB,) * scale.rounds)
        for one in there:
            if one.start:
                weight = Series((await reader.weight(one),) * scale.rounds)
                what = f"{one.name}, first load without charts"
                lines.append(Line(what, weight, "the limit", most, "kB", Target("at most", 1.0)))
        return lines
