"""What the runner itself answers: is it ready, what time is it, move the virtual clock."""

from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, Request
from pydantic import AwareDatetime, BaseModel
from starlette.responses import RedirectResponse

from shared.access import NotAllowedError
from shared.errors import RefusedError
from shared.http.app import ASSETS, assets
from shared.http.problems import answer_problems
from shared.http.tokens import TokenCheck, principal
from shared.observe.figures import Figures
from shared.observe.routes import add_watch
from shared.roles import Role
from shared.version import VERSION

PREFIX = "/system/api/v1"
HOME = "/identity/"
"""Where a browser begins: the page that leads to the consoles."""


class NotSimulatedError(RefusedError):
    """This clock is real and can't be moved. Only a demo that is still simulated has a virtual one."""

    zh = "这里的时钟是真实的，不能拨动。只有仍在模拟中的演示数据才有虚拟时钟。"


class Clockwork(BaseModel):
    """The domain clock. `loading` while the demo's past is being made."""

    now: datetime
    virtual: bool
    demo: bool
    loading: bool


class Advance(BaseModel):
    """To when to move the virtual clock."""

    to: AwareDatetime


class Quick(BaseModel):
    """Whether waits are seconds in place of minutes."""

    quick: bool


class Advanced(Clockwork):
    """The clock after moving, and how many timers fired on the way."""

    fired: int


class Machine(Protocol):
    """The whole system, in this process or in several. `token` is the authorisation of whoever asks."""

    tokens: TokenCheck
    figures: Figures

    async def clockwork(self) -> Clockwork:
        """The clock."""

    async def advance(self, to: datetime, /) -> int:
        """Move the virtual clock; gives how many timers fired. NotSimulatedError."""

    async def settle(self, token: str) -> None:
        """Return once every event has had its effect."""

    async def turn_real(self) -> None:
        """A virtual clock ends at the present, for good."""

    async def be_quick(self, token: str, *, quick: bool) -> None:
        """Waits of seconds in place of minutes, or no longer. NotDemoError."""

    async def unready(self) -> list[str]:
        """What isn't ready; nothing when all is."""


def make_control(machine: Machine) -> FastAPI:
    """The runner's own application."""
    app = FastAPI(
        title="就近 Jiujin · system", version=VERSION, openapi_url=f"{PREFIX}/openapi.json", docs_url=None
    )
    app.state.running = _Tokens(machine.tokens)
    answer_problems(app)
    app.mount(ASSETS, assets())

    async def admin(request: Request) -> str:
        who = principal(request)
        if who.role is not Role.ADMIN:
            raise NotAllowedError(role=who.role.value, action="system")
        return request.headers["authorization"]

    add_watch(app, machine.unready, machine.figures)

    @app.get("/", include_in_schema=False)
    async def front() -> RedirectResponse:
        return RedirectResponse(HOME, 303)

    @app.get(f"{PREFIX}/clock")
    async def clock() -> Clockwork:
        return await machine.clockwork()

    @app.post(f"{PREFIX}/clock/advance")
    async def advance_clock(body: Advance, _: Annotated[str, Depends(admin)]) -> Advanced:
        fired = await machine.advance(body.to)
        return Advanced(**(await machine.clockwork()).model_dump(), fired=fired)

    @app.post(f"{PREFIX}/clock/settle")
    async def settle(token: Annotated[str, Depends(admin)]) -> Clockwork:
        await machine.settle(token)
        return await machine.clockwork()

    @app.post(f"{PREFIX}/clock/turn-real")
    async def turn_real(_: Annotated[str, Depends(admin)]) -> Clockwork:
        await machine.turn_real()
        return await machine.clockwork()

    @app.post(f"{PREFIX}/quick")
    async def quick(body: Quick, token: Annotated[str, Depends(admin)]) -> Quick:
        await machine.be_quick(token, quick=body.quick)
        return body

    return app


class _Tokens:
    """What `shared.http.tokens.principal` looks for."""

    def __init__(self, tokens: TokenCheck) -> None:
        self.tokens = tokens
