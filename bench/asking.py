"""Callers who ask for somebody and wait until the ranking is readable; and the same of a bare pipeline."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Any

import httpx

from bench.measure import SHOWN, Line, Scale, Series, Target, alternate
from deploy.client import Client
from deploy.tokens import person
from shared.eventstore.log import POLL_SECONDS
from shared.roles import Role

PER_SECOND = 20
LOOK_SECONDS = 0.005
LOOK_SHARE = 0.1
"""A caller looks for the answer every 5 ms, later every tenth of its wait: looking mustn't be the load."""
PHASE = Random(1)  # noqa: S311  a rhythm, no secret
"""A caller's first look comes at any moment of the 5 ms: else a fast answer's median is one step or two."""
PATIENCE = 60.0
SERVICE = "shopping"
ADMIN, OPERATOR, COORDINATOR = person(Role.ADMIN), person(Role.OPERATOR), person(Role.COORDINATOR)
INTAKE, MATCHING = "/intake/api/v1", "/matching/api/v1"
OK = 200
AT_ONCE = 8


Ask = Callable[[], Coroutine[Any, Any, float]]


@dataclass
class City:
    """The system, filled with one community's helpers; each request is for a cadre of its own.

    `services` are intake and matching themselves, where each answers at an address of its own.
    """

    client: Client
    services: tuple[Client, Client] | None = None
    community: str = ""
    cadres: list[str] = field(default_factory=list)
    used: int = 0

    async def fill(self, helpers: int, cadres: int) -> None:
        """Register what requests need."""
        place = {"code": "BENCH", "name": "和平社区", "subdistrict": "城关街道"}
        done = await self.client.done(ADMIN, f"{INTAKE}/communities", place, key="community")
        self.community = done["id"]
        await _spread(helpers, self._enrol)
        await _spread(cadres, self._register)

    async def _enrol(self, number: int) -> None:
        body = {
            "kind": "volunteer",
            "community": self.community,
            "skills": [{"code": SERVICE}],
            "capacity": 500,
            "profile": {"name": f"志愿者{number}", "phone": f"+86137{number:08d}"},
        }
        await self.client.done(COORDINATOR, f"{MATCHING}/helpers", body, key=f"helper-{number:06}")

    async def _register(self, number: int) -> None:
        body = {
            "community": self.community,
            "standing": {"category": "tuixiu", "sex": "female"},
            "details": {"name": f"干部{number}", "phones": [f"+86138{number:08d}"]},
        }
        done = await self.client.done(OPERATOR, f"{INTAKE}/cadres", body, key=f"cadre-{number:06}")
        self.cadres.append(done["id"])

    async def ask_services(self) -> float:
        """The same as `ask` at the services themselves: nobody stands before the bare pipeline, either."""
        return await self._ask(*(self.services or (self.client, self.client)))

    async def ask(self) -> float:
        """Milliseconds from the POST until the ranking is readable."""
        return await self._ask(self.client, self.client)

    async def _ask(self, intake: Client, matching: Client) -> float:
        cadre = self.cadres[self.used]
        self.used += 1
        body = {
            "cadre": cadre,
            "service": SERVICE,
            "urgency": "routine",
            "elements": {"what": "请帮忙买一周的米、面和降压药。" * 3},
        }
        began = time.perf_counter()
        done = await intake.done(OPERATOR, f"{INTAKE}/requests", body, key=f"request-{cadre}")

        async def look() -> bool:
            answer = await matching.send(COORDINATOR, "GET", f"{MATCHING}/matches/{done['id']}")
            return answer.status_code == OK and bool((answer.json()["ranking"] or {}).get("ranked"))

        await _until(look)
        return (time.perf_counter() - began) * 1000


@dataclass
class Bare:
    """The pipeline that it is compared with."""

    http: httpx.AsyncClient

    async def ask(self) -> float:
        """Milliseconds from the POST until the answer is readable."""
        began = time.perf_counter()
        answer = await self.http.post("/asked", content=b"x" * 190)
        place = f"/answered/{answer.json()['id']}"

        async def look() -> bool:
            return (await self.http.get(place)).status_code == OK

        await _until(look)
        return (time.perf_counter() - began) * 1000


async def _until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        await asyncio.sleep(PHASE.uniform(0, LOOK_SECONDS))
        began = time.perf_counter()
        while not await look():  # noqa: ASYNC110  what is awaited lies in another process
            await asyncio.sleep(max(LOOK_SECONDS, (time.perf_counter() - began) * LOOK_SHARE))


async def _spread(count: int, do: Callable[[int], Awaitable[None]]) -> None:
    """Do it for each number, a few at a time."""
    numbers = iter(range(count))

    async def some() -> None:
        for number in numbers:
            await do(number)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def _paced(ask: Ask, count: int) -> list[float]:
    """Begin one every 50 ms, however long the others take."""
    began = asyncio.get_running_loop().time()
    asked = []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - asyncio.get_running_loop().time()))
        asked.append(asyncio.create_task(ask()))
    return list(await asyncio.gather(*asked))


@dataclass(frozen=True)
class Asked:
    """How much of it, and how it is told."""

    scale: Scale
    peer: str
    limit: float
    wakes: str
    ways: int = 1
    """In how many ways each round asks: at the services, and through the gateway."""

    @property
    def count(self) -> int:
        """Requests a round."""
        return self.scale.pick(200, 30)

    @property
    def helpers(self) -> int:
        """How many are ranked."""
        return self.scale.pick(400, 40)

    @property
    def cadres(self) -> int:
        """How many are needed: one a request, with the round to warm up."""
        return self.ways * self.count * (self.scale.rounds + 1)

    async def compare(self, city: City, bare: Bare) -> list[Line]:
        """Rounds of some seconds; a round's figure is its median, the 95th percentile is shown beside it.

        Where services have addresses of their own it is they who are asked: nobody stands before the bare
        pipeline, either. What it takes through the gateway is shown.
        """
        late: dict[str, list[float]] = {"ours": [], "bare": [], "gateway": []}

        async def paced(name: str, ask: Ask) -> float:
            taken = sorted(await _paced(ask, self.count))
            late[name].append(taken[len(taken) * 95 // 100])
            return median(taken)

        contenders = {
            "ours": lambda: paced("ours", city.ask_services),
            "bare": lambda: paced("bare", bare.ask),
        }
        if city.services:
            contenders["gateway"] = lambda: paced("gateway", city.ask)
        taken = await alternate(self.scale.rounds, contenders)
        what = f"POST of a request → {self.helpers} helpers ranked and readable"
        note = (
            f"{PER_SECOND} requests/s; {self.wakes} and poll every {POLL_SECONDS} s otherwise; "
            f"a caller looks every {LOOK_SECONDS * 1000:g} ms from a random moment on, "
            "later every tenth of what it has waited; lower is better."
        )
        slow = {name: Series(tuple(figures[1:])) for name, figures in late.items() if figures}
        target = Target("at most", self.limit)
        lines = [
            Line(f"{what}, p50", taken["ours"], self.peer, taken["bare"], "ms", target, note),
            Line(f"{what}, p95", slow["ours"], self.peer, slow["bare"], "ms", SHOWN),
        ]
        if city.services:
            through = f"{what}, through the gateway, p50"
            lines.append(Line(through, taken["gateway"], self.peer, taken["bare"], "ms", SHOWN))
        return lines
