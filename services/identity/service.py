"""The wiring of identity."""

from pathlib import Path

from services.identity.api import router
from services.identity.console import router as console
from services.identity.views import VIEWS
from shared.console.ended import ENDED
from shared.service import Definition

SERVICE = Definition(
    name="identity",
    title="Identity 账户与令牌",
    router=router,
    views=(*VIEWS, ENDED),
    console=console,
    lineages=(Path(__file__).with_name("migrations"),),
)
