"""The wiring of identity."""

from pathlib import Path

from services.identity.api import router
from services.identity.views import VIEWS
from shared.service import Definition

SERVICE = Definition(
    name="identity",
    title="Identity 账户与令牌",
    router=router,
    views=VIEWS,
    lineages=(Path(__file__).with_name("migrations"),),
)
