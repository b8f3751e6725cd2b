"""What somebody has to look at: each kind has an event that makes it and one that settles it."""

from uuid import UUID

from services.intake.domain.request_commands import ATTEMPTS
from shared.bus.recorded import Recorded
from shared.contracts import care, intake, matching
from shared.contracts.event import Event
from shared.contracts.values import CancelReason
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

PROVISIONAL, HARDSHIP_EXPIRED = "provisional", "hardship_expired"
UNREACHED, NEED = "callback_unreached", "need"
DEATH_RETRACTED, DUPLICATE = "death_retracted", "duplicate_suspected"

ENDINGS = (
    intake.RequestClosed,
    intake.RequestCancelled,
    intake.RequestWithdrawn,
    intake.RequestRejected,
    intake.MarkedDuplicate,
    intake.ReferredToEmergencyLine,
)


async def _add(
    db: Tables,
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


async def wonder(db: Tables, recorded: Recorded) -> None:
    """Who is this?"""
    event: intake.ProvisionalPersonRegistered = recorded.event  # type: ignore[assignment]
    await _add(db, recorded, PROVISIONAL, event.cadre, event.cadre)


async def know(db: Tables, recorded: Recorded) -> None:
    """Now we know."""
    event: intake.PersonIdentified = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", PROVISIONAL, event.cadre)


async def expire(db: Tables, recorded: Recorded) -> None:
    """Somebody has to assess anew."""
    event: intake.HardshipExpired = recorded.event  # type: ignore[assignment]
    await _add(db, recorded, HARDSHIP_EXPIRED, event.assessment, event.cadre, detail=event.flag.value)


async def assess(db: Tables, recorded: Recorded) -> None:
    """Somebody has."""
    event: intake.HardshipAssessed = recorded.event  # type: ignore[assignment]
    await db.execute(
        "DELETE FROM todos WHERE kind = $1 AND cadre = $2 AND detail = $3",
        HARDSHIP_EXPIRED,
        event.cadre,
        event.flag.value,
    )


async def merge(db: Tables, recorded: Recorded) -> None:
    """The survivor takes over what is to do, except to find out who it is."""
    event: intake.CadresMerged = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", PROVISIONAL, event.merged)
    await db.execute("UPDATE todos SET cadre = $2 WHERE cadre = $1", event.merged, event.cadre)


async def mourn(db: Tables, recorded: Recorded) -> None:
    """What is to be done for the dead is not listed, and comes back should it be an error; this doesn't."""
    event: intake.CadreDeceased = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND cadre = $2", DEATH_RETRACTED, event.cadre)


async def revive(db: Tables, recorded: Recorded) -> None:
    """Somebody has to take up again what the death has ended, under whichever file of the person."""
    event: intake.DeathRetracted = recorded.event  # type: ignore[assignment]
    await _add(db, recorded, DEATH_RETRACTED, event.cadre, event.cadre)
    await db.execute(
        "UPDATE todos SET files = $3 WHERE kind = $1 AND about = $2",
        DEATH_RETRACTED,
        event.cadre,
        list(event.about()),
    )


async def follow_up(db: Tables, recorded: Recorded) -> None:
    """Somebody has."""
    event: intake.RetractionFollowedUp = recorded.event  # type: ignore[assignment]
    of = (DEATH_RETRACTED, event.cadre)
    await db.execute(
        "DELETE FROM ended_by_death e USING todos t"
        " WHERE t.kind = $1 AND t.about = $2 AND e.cadre = ANY (t.files)",
        *of,
    )
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", *of)


async def note_ended(db: Tables, recorded: Recorded) -> None:
    """A death has ended it: kept for the day on which the death turns out to be an error."""
    match recorded.event:
        case intake.RequestCancelled(reason=CancelReason.DECEASED) as event:
            found = ("request", event.request, event.cadre, "")
        case care.PlanEnded(reason="deceased") as event:
            found = ("plan", event.plan, event.cadre, "")
        case care.FundingLapsed(reason="deceased") as event:
            found = ("funding", event.funding, event.cadre, "")
        case matching.PairingEnded(reason="deceased") as event:
            found = ("pairing", event.pairing, event.cadre, str(event.helper))
        case _:
            return
    await db.execute(
        "INSERT INTO ended_by_death (kind, about, cadre, detail, since) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (kind, about) DO UPDATE SET since = excluded.since",
        *found,
        recorded.envelope.recorded,
    )


async def attempt(db: Tables, recorded: Recorded) -> None:
    """Called in vain so often that somebody has to go and see, or cancel."""
    event: intake.CallbackAttempted = recorded.event  # type: ignore[assignment]
    if event.attempt >= ATTEMPTS:
        await _add(db, recorded, UNREACHED, event.request, event.cadre, request=event.request)


async def answer(db: Tables, recorded: Recorded) -> None:
    """The callback is over."""
    event: intake.CallbackAnswered = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", UNREACHED, event.request)


async def suspect(db: Tables, recorded: Recorded) -> None:
    """Somebody has to say whether it is the same: one a likely request, which is the detail."""
    event: intake.DuplicateSuspected = recorded.event  # type: ignore[assignment]
    for one in event.likely:
        await _add(
            db, recorded, DUPLICATE, event.request, event.cadre, detail=str(one), request=event.request
        )


async def overrule(db: Tables, recorded: Recorded) -> None:
    """It isn't."""
    event: intake.DuplicateOverruled = recorded.event  # type: ignore[assignment]
    await db.execute("DELETE FROM todos WHERE kind = $1 AND about = $2", DUPLICATE, event.request)


async def end(db: Tables, recorded: Recorded) -> None:
    """The request has ended, and with it what was to be asked or compared."""
    request = recorded.event.of_case()
    await db.execute(
        "DELETE FROM todos WHERE kind = ANY ($1::text[]) AND about = $2", [UNREACHED, DUPLICATE], request
    )
    if isinstance(recorded.event, intake.MarkedDuplicate):
        await db.execute("DELETE FROM todos WHERE kind = $1 AND detail = $2", DUPLICATE, str(request))
    await note_ended(db, recorded)


async def need(db: Tables, recorded: Recorded) -> None:
    """A helper saw that more is needed."""
    event: care.VisitDone = recorded.event  # type: ignore[assignment]
    for service in event.needs:
        await _add(db, recorded, NEED, event.visit, event.cadre, detail=service, request=event.request)


async def correct_needs(db: Tables, recorded: Recorded) -> None:
    """The helper had named them wrongly: what isn't needed goes, what is needed as well comes."""
    event: care.VisitCorrected = recorded.event  # type: ignore[assignment]
    await db.execute(
        "DELETE FROM todos WHERE kind = $1 AND about = $2 AND detail <> ALL ($3::text[])",
        NEED,
        event.visit,
        list(event.needs),
    )
    for service in event.added:
        await _add(db, recorded, NEED, event.visit, event.cadre, detail=service, request=event.request)


async def meet(db: Tables, recorded: Recorded) -> None:
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
    intake.DeathRetracted: revive,
    intake.RetractionFollowedUp: follow_up,
    care.PlanEnded: note_ended,
    care.FundingLapsed: note_ended,
    matching.PairingEnded: note_ended,
    intake.CallbackAttempted: attempt,
    intake.CallbackAnswered: answer,
    intake.DuplicateSuspected: suspect,
    intake.DuplicateOverruled: overrule,
    **dict.fromkeys(ENDINGS, end),
    care.VisitDone: need,
    care.VisitCorrected: correct_needs,
    intake.RequestReceived: meet,
    intake.RequestTriaged: meet,
}
