"""The process of the gateway: the one address, and what is asked of the system as a whole."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import httpx

from deploy.control import Clockwork, NotSimulatedError, make_control
from deploy.gateway import Gateway as ByFirstSegment
from deploy.processes.frame import Opened
from deploy.processes.proxy import Proxy
from deploy.processes.service import PACE_SECONDS, public_key
from deploy.settings import NAMES, Gateway
from shared.clock import wall_now
from shared.errors import NotYetError
from shared.http.machinery import NotDemoError
from shared.http.tokens import TokenCheck
from shared.observe.figures import Figures

SETTLE_WAIT, SETTLE_SECONDS = 0.1, 60.0
LOOKED_SECONDS = 2 * PACE_SECONDS
"""By when every process of a service has looked how quick it is to be."""
READY_SECONDS = 5.0
SECONDS = httpx.Timeout(120.0, connect=5.0)


async def open_gateway(settings: Gateway, stack: AsyncExitStack) -> Opened:
    """Connect to nobody yet: whoever isn't there is told of with each request."""
    http = await stack.enter_async_context(httpx.AsyncClient(timeout=SECONDS, trust_env=False))
    bases = {name: settings.url(name) for name in NAMES}
    machine = Several(TokenCheck(public_key(settings.public_key_file), demo=settings.demo), bases, http)
    proxies = {name: Proxy(base) for name, base in bases.items()}
    for proxy in proxies.values():
        stack.push_async_callback(proxy.close)
    return Opened(ByFirstSegment(proxies, make_control(machine)))


class NotSettledError(NotYetError):
    """Not every event has had its effect yet: {left}. Ask again soon."""

    zh = "还有事件未处理完：{left}。请稍后再试。"


class Several:
    """The whole system in several processes, each asked over HTTP."""

    def __init__(self, tokens: TokenCheck, bases: Mapping[str, str], http: httpx.AsyncClient) -> None:
        """`bases` is where each service answers."""
        self.tokens = tokens
        self.figures = Figures(parts=["gateway"])
        self._bases, self._http = bases, http

    async def clockwork(self) -> Clockwork:
        """The clock, which is always the real one here."""
        return Clockwork(now=wall_now(), virtual=False, demo=self.tokens.demo, loading=False)

    async def advance(self, _: datetime) -> int:
        """A real clock can't be moved: NotSimulatedError."""
        raise NotSimulatedError

    async def turn_real(self) -> None:
        """It is."""

    async def settle(self, token: str) -> None:
        """Return once twice in a row nobody had anything to do, and nothing was written in between.

        NotSettledError when that takes longer than a gateway before this one would wait: ask again.
        """
        before: Any = None
        told: list[Any] = []
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            told = await asyncio.gather(*(self._ask("GET", name, "status", token) for name in NAMES))
            now = None if any(map(left_to_do, told)) else [one["newest"] for one in told]
            if now is not None and now == before:
                return
            before = now
            await asyncio.sleep(SETTLE_WAIT)
        left = [f"{name} {left_to_do(one)}" for name, one in zip(NAMES, told, strict=True) if left_to_do(one)]
        raise NotSettledError(left="; ".join(left) or "new events")

    async def be_quick(self, token: str, *, quick: bool) -> None:
        """Waits of seconds in place of minutes, or no longer; returns once all have heard. NotDemoError.

        Only one process of each service is asked. Another that had not looked yet would let a night pass
        before it offers what came in meanwhile.
        """
        if not self.tokens.demo:
            raise NotDemoError
        for name in NAMES:
            await self._ask("POST", name, "quick", token, {"quick": quick})
        await asyncio.sleep(LOOKED_SECONDS)

    async def unready(self) -> list[str]:
        """The services that aren't ready."""
        answers = await asyncio.gather(*(self._ready(name) for name in NAMES))
        return [name for name, ready in zip(NAMES, answers, strict=True) if not ready]

    async def _ready(self, name: str) -> bool:
        try:
            answer = await self._http.get(f"{self._bases[name]}/readyz", timeout=READY_SECONDS)
        except httpx.TransportError:
            return False
        return answer.is_success

    async def _ask(self, method: str, name: str, what: str, token: str, body: Any = None) -> Any:
        """A service's answer; ConnectionError when it is away."""
        url = f"{self._bases[name]}/{name}/api/v1/{what}"
        try:
            answer = await self._http.request(method, url, json=body, headers={"Authorization": token})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ConnectionError(f"{name} does not answer: {error!r}") from error
        return answer.json()


def left_to_do(status: Any) -> str:
    """What a service has not sent or taken in, or tries again; nothing when only people could go on."""
    counts = {
        "unsent": status["relay"]["unsent"],
        **{f"behind {lag['source']}": lag["events"] for lag in status["lag"]},
        "retrying": status["retrying"],
    }
    return ", ".join(f"{what}: {count}" for what, count in counts.items() if count != 0)
