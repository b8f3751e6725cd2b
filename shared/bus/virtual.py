"""Moves a virtual clock from timer to timer, each fired only once everything before it has settled."""

from datetime import datetime

from shared.bus.local import LocalCarrier
from shared.clock import VirtualClock


async def advance(carrier: LocalCarrier, clock: VirtualClock, to: datetime) -> int:
    """Bring the clock to `to`; every timer due on the way fires at its time. Gives how many fired."""
    fired = 0
    while True:
        await carrier.settle(reacting=True)
        due = await carrier.next_timer()
        if due is None or due > to:
            break
        clock.advance(max(due, clock.now()))
        fired += await carrier.fire_due()
    clock.advance(max(to, clock.now()))
    return fired
