"""Who is paired with whom, as whoever takes a call needs it: a name and a number."""

from shared.bus.recorded import Recorded
from shared.contracts import matching
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler


async def know(db: Tables, recorded: Recorded) -> None:
    """Who a helper is."""
    event: matching.HelperEnrolled | matching.HelperCorrected = recorded.event  # type: ignore[assignment]
    if event.profile is not None:
        await db.execute(
            "INSERT INTO helpers (helper, name, phone) VALUES ($1, $2, $3)"
            " ON CONFLICT (helper) DO UPDATE SET name = excluded.name, phone = excluded.phone",
            event.helper,
            event.profile.name,
            event.profile.phone,
        )


async def pair(db: Tables, recorded: Recorded) -> None:
    """A bond begins."""
    event: matching.PairingBegun = recorded.event  # type: ignore[assignment]
    await db.execute(
        "INSERT INTO pairings (pairing, helper, cadre, began) VALUES ($1, $2, $3, $4)",
        event.pairing,
        event.helper,
        event.cadre,
        recorded.envelope.happened,
    )


async def part(db: Tables, recorded: Recorded) -> None:
    """It is over."""
    event: matching.PairingEnded = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM pairings WHERE pairing = $1", event.pairing)


HANDLERS: dict[type[Event], Handler] = {
    matching.HelperEnrolled: know,
    matching.HelperCorrected: know,
    matching.PairingBegun: pair,
    matching.PairingEnded: part,
}
