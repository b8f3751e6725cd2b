"""The wiring of intake."""

from services.intake.api import router
from services.intake.reactions import REACTIONS, TIMERS
from services.intake.views import VIEWS
from shared.console.eras import ERAS
from shared.service import Definition

SERVICE = Definition(
    name="intake",
    title="Intake 接线",
    router=router,
    reactions=REACTIONS,
    timers=TIMERS,
    views=(*VIEWS, ERAS),
    counts={"requests": "SELECT state, count(*) FROM requests GROUP BY state"},
)
