"""The wiring of care."""

from services.care.api import router
from services.care.console import router as console
from services.care.reactions import REACTIONS, TIMERS
from services.care.views import VIEWS
from shared.console.ended import ENDED
from shared.service import Definition

SERVICE = Definition(
    name="care",
    title="Jiujin care",
    router=router,
    reactions=REACTIONS,
    timers=TIMERS,
    views=(*VIEWS, ENDED),
    console=console,
)
