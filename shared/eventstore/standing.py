"""Standing up a service's views: made when they are new, built anew when their meaning has changed."""

from collections.abc import Callable

import orjson

from shared.eventstore.rebuild import rebuild
from shared.eventstore.turns import turn
from shared.eventstore.views import stand
from shared.service import Running


async def stand_up(running: Running, progress: Callable[[str], object]) -> None:
    """Of several processes that start at once, one does it; the others wait."""
    pool = running.store.pool
    async with turn(pool, "views"):
        for view in await stand(pool, running.definition.views):
            progress(f"rebuilding {running.name}'s view {view.name}")
            last = [line async for line in rebuild(running, view)][-1]
            if left := orjson.loads(last)["left"]:
                progress(f"{running.name}'s view {view.name} lacks {left} that stand behind what is parked")
