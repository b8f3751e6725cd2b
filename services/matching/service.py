"""The wiring of matching."""

from services.matching.api import router
from services.matching.console import router as console
from services.matching.index import IndexTail
from services.matching.reactions import REACTIONS, TIMERS
from services.matching.views import VIEWS
from shared.console.ended import ENDED
from shared.service import Definition

SERVICE = Definition(
    name="matching",
    title="Jiujin matching",
    router=router,
    console=console,
    reactions=REACTIONS,
    timers=TIMERS,
    views=(*VIEWS, ENDED),
    gather=0.0,
    parts=lambda store: (IndexTail(store),),
    counts={"offers": "SELECT state, count(*) FROM offers GROUP BY state"},
)
