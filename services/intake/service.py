"""The wiring of intake."""

from pathlib import Path

from services.intake.api import router
from services.intake.console import router as console
from services.intake.reactions import REACTIONS, TIMERS
from services.intake.views import VIEWS
from shared.console.ended import ENDED
from shared.service import Definition

SERVICE = Definition(
    name="intake",
    title="Intake 接线",
    router=router,
    reactions=REACTIONS,
    timers=TIMERS,
    views=(*VIEWS, ENDED),
    lineages=(Path(__file__).with_name("migrations"),),
    counts={"requests": "SELECT state, count(*) FROM requests GROUP BY state"},
    console=console,
)
