"""What somebody has to look at: each kind has an event that makes it and one that settles it."""

from uuid import UUID

from services.intake.domain.request_commands import ATTEMPTS
from shared.bus.recorded import Recorded
from shared.contracts import care, intake
from shared.contracts.event import Event
from shared.eventstore.views import Connection, Handler

PROVISIONAL, HARDSHIP_EXPIRED = "provisional", "hardship_expired"
UNREACHED, NEED = "callback_unreached", "need"


async def _add(
    db: Connection,
    recorded: Recorded,
    kind: str,
    about: UUID,
    cadre: UUID,
    *,
    detail: str = "",
    request: UUID | None = None,
) -> None:
    await db.execute(
        "INSERT INTO todos (kind, about, detail, cadre, request, since) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING",
        kind,
        about,
        detail,
        cadre,
        request,
        recorded.envelope.recorded,
    )


async def wonder(db: Connection, recorded: Recorded) -> None:
    """Who is this?"""
    event: intake.ProvisionalPersonRegistered = recorded.event  # type: ignore[assignment]
    await _add(db, recorded, PROVISIONAL, event.cadre, event.cadre)


async def know(db: Connection, recorded: Recorded) -> None:
    """Now we know."""
    event: intake.PersonIdentified = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", PROVISIONAL, event.cadre)


async def expire(db: Connection, recorded: Recorded) -> None:
    """Somebody has to assess anew."""
    event: intake.HardshipExpired = recorded.event  # type: ignore[assignment]
    await _add(db, recorded, HARDSHIP_EXPIRED, event.assessment, event.cadre, detail=event.flag.value)


async def assess(db: Connection, recorded: Recorded) -> None:
    """Somebody has."""
    event: intake.HardshipAssessed = recorded.event  # type: ignore[assignment]
    await db.execute(
        "DELETE FROM todos WHERE kind = $1 AND cadre = $2 AND detail = $3",
        HARDSHIP_EXPIRED,
        event.cadre,
        event.flag.value,
    )


async def merge(db: Connection, recorded: Recorded) -> None:
    """The survivor takes over what is to do, except to find out who it is."""
    event: intake.CadresMerged = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", PROVISIONAL, event.merged)
    await db.execute("UPDATE todos SET cadre = $2 WHERE cadre = $1", event.merged, event.cadre)


async def mourn(db: Connection, recorded: Recorded) -> None:
    """Nothing is to be done any more."""
    event: intake.CadreDeceased = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE cadre = $1", event.cadre)


async def attempt(db: Connection, recorded: Recorded) -> None:
    """Called in vain so often that somebody has to go and see, or cancel."""
    event: intake.CallbackAttempted = recorded.event  # type: ignore[assignment]
    if event.attempt >= ATTEMPTS:
        await _add(db, recorded, UNREACHED, event.request, event.cadre, request=event.request)


async def settle(db: Connection, recorded: Recorded) -> None:
    """The callback is over."""
    event: intake.CallbackAnswered | intake.RequestCancelled | intake.RequestClosed = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", UNREACHED, event.request)


async def need(db: Connection, recorded: Recorded) -> None:
    """A helper saw that more is needed."""
    event: care.VisitDone = recorded.event  # type: ignore[assignment]
    for service in event.needs:
        await _add(db, recorded, NEED, event.visit, event.cadre, detail=service, request=event.request)


async def meet(db: Connection, recorded: Recorded) -> None:
    """A request for that service, of the same person, takes the need up."""
    event: intake.RequestReceived | intake.RequestTriaged = recorded.event  # type: ignore[assignment]
    await db.execute(
        "DELETE FROM todos WHERE kind = $1 AND cadre = $2 AND detail = $3 AND since < $4",
        NEED,
        event.cadre,
        event.service,
        recorded.envelope.recorded,
    )


HANDLERS: dict[type[Event], Handler] = {
    intake.ProvisionalPersonRegistered: wonder,
    intake.PersonIdentified: know,
    intake.HardshipExpired: expire,
    intake.HardshipAssessed: assess,
    intake.CadresMerged: merge,
    intake.CadreDeceased: mourn,
    intake.CallbackAttempted: attempt,
    intake.CallbackAnswered: settle,
    intake.RequestCancelled: settle,
    intake.RequestClosed: settle,
    care.VisitDone: need,
    intake.RequestReceived: meet,
    intake.RequestTriaged: meet,
}
