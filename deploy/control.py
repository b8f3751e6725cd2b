"""What the runner itself answers: is it ready, what time is it, move the virtual clock."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from pydantic import AwareDatetime, BaseModel
from starlette.responses import JSONResponse

from deploy.system import System
from shared.access import NotAllowedError
from shared.bus.virtual import advance
from shared.clock import VirtualClock
from shared.errors import RefusedError
from shared.http.app import ASSETS, assets
from shared.http.problems import answer_problems
from shared.http.tokens import TokenCheck, principal
from shared.roles import Principal, Role
from shared.settings import QUICK_SETTINGS, Settings

PREFIX = "/system/api/v1"


class NotSimulatedError(RefusedError):
    """This clock is real and can't be moved. Only a demo that is still simulated has a virtual one."""

    zh = "这里的时钟是真实的,不能拨动。只有仍在模拟中的演示数据才有虚拟时钟。"


class NotDemoError(RefusedError):
    """These are a bureau's own data, not a demo's. Use a demo: `./jiujin up --data ANOTHER-FOLDER`."""

    zh = "这是真实业务数据,不是演示数据。请用演示数据:./jiujin up --data 另一个文件夹。"


class Clockwork(BaseModel):
    """The domain clock. `loading` while the demo's past is being made."""

    now: datetime
    virtual: bool
    demo: bool
    loading: bool
    quick: bool


class Advance(BaseModel):
    """To when to move the virtual clock."""

    to: AwareDatetime


class Quick(BaseModel):
    """Whether waits are seconds in place of minutes."""

    quick: bool


class Advanced(Clockwork):
    """The clock after moving, and how many timers fired on the way."""

    fired: int


def make_control(system: System) -> FastAPI:
    """The runner's own application."""
    app = FastAPI(
        title="就近 Jiujin · system", version="1", openapi_url=f"{PREFIX}/openapi.json", docs_url=None
    )
    app.state.running = _Tokens(system.tokens)
    answer_problems(app)
    app.mount(ASSETS, assets())
    moving = asyncio.Lock()

    async def admin(request: Request) -> Principal:
        who = principal(request)
        if who.role is not Role.ADMIN:
            raise NotAllowedError(role=who.role.value, action="system")
        return who

    def clockwork() -> dict[str, Any]:
        return {
            "now": system.clock.now(),
            "virtual": system.clock.simulated,
            "demo": system.kind.demo,
            "loading": system.loading,
            "quick": system.quick,
        }

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        for running in system.services.values():
            await running.store.pool.fetchval("SELECT 1")
        return JSONResponse({"ready": True})

    @app.get("/livez", include_in_schema=False)
    async def livez() -> JSONResponse:
        return JSONResponse({"live": True})

    @app.get(f"{PREFIX}/clock")
    async def clock() -> Clockwork:
        return Clockwork(**clockwork())

    @app.post(f"{PREFIX}/clock/advance")
    async def advance_clock(body: Advance, _: Annotated[Principal, Depends(admin)]) -> Advanced:
        if not isinstance(system.clock, VirtualClock) or not system.clock.simulated:
            raise NotSimulatedError
        async with moving:
            fired = await advance(system.carrier, system.clock, max(body.to, system.clock.now()))
        return Advanced(**clockwork(), fired=fired)

    @app.post(f"{PREFIX}/clock/settle")
    async def settle(_: Annotated[Principal, Depends(admin)]) -> Clockwork:
        await system.carrier.settle()
        return Clockwork(**clockwork())

    @app.post(f"{PREFIX}/clock/turn-real")
    async def turn_real(_: Annotated[Principal, Depends(admin)]) -> Clockwork:
        await system.turn_real()
        return Clockwork(**clockwork())

    @app.post(f"{PREFIX}/quick")
    async def quick(body: Quick, _: Annotated[Principal, Depends(admin)]) -> Clockwork:
        if not system.kind.demo:
            raise NotDemoError
        system.quick = body.quick
        system.use(QUICK_SETTINGS if body.quick else Settings())
        return Clockwork(**clockwork())

    return app


class _Tokens:
    """What `shared.http.tokens.principal` looks for."""

    def __init__(self, tokens: TokenCheck) -> None:
        self.tokens = tokens
