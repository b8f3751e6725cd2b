"""The wiring of intake."""

from services.intake.api import router
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
    counts={"requests": "SELECT state, count(*) FROM requests GROUP BY state"},
)
