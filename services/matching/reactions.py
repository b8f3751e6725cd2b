"""What matching does when something has happened, here or elsewhere."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.matching.arranging import ASKS_MORE, arrange, close, release
from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import CorrectHours, CreditHours, MoveBooking
from services.matching.domain.helper_file import Active, Booking, Helper
from services.matching.domain.match import MATCH
from services.matching.domain.match_commands import (
    ExpireOffer,
    GiveBack,
    HoldMatch,
    MoveMatch,
    OpenMatch,
    RecordNoShow,
    ReopenMatch,
    RevokeReason,
    TakeBack,
)
from services.matching.domain.match_rounds import Assigned, Need
from services.matching.domain.pairing import PAIRING, Unbind, pairing_of
from services.matching.domain.travel import place_to_reach
from services.matching.index import index_of
from services.matching.reactions_plans import (
    PLAN_DUE,
    PLAN_ENDS,
    ask_planned,
    end_plan,
    leave_to_plan,
    make_plan,
    match_alone,
    plan_for,
    waits_in_queue,
)
from services.matching.reactions_register import (
    end_for_deceased,
    end_late_pairing,
    follow_move,
    join_pairings,
)
from services.matching.register import whereabouts
from shared.bus.effect import Reaction
from shared.contracts import care, intake
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import CadreSide, ReopenReason
from shared.eventstore.work import Work

OFFER_EXPIRES = "offer-expires"

END: Mapping[type[Event], str] = {
    intake.RequestWithdrawn: "withdrawn",
    intake.RequestCancelled: "cancelled",
    intake.RequestRejected: "rejected",
    intake.MarkedDuplicate: "duplicate",
    intake.ReferredToEmergencyLine: "emergency_line",
    intake.RequestClosed: "closed",
}
"""What ends a request, and the reason the match is closed with."""

End = (
    intake.RequestWithdrawn
    | intake.RequestCancelled
    | intake.RequestRejected
    | intake.MarkedDuplicate
    | intake.ReferredToEmergencyLine
    | intake.RequestClosed
)
FREED: Mapping[type[Event], str] = {
    care.VisitRefused: "refused",
    care.NoAnswerRecorded: "no_answer",
    care.VisitCancelled: "cancelled",
}
"""What frees a helper's time without a service given, and the reason it is released with."""


# Requests


async def open_match(event: intake.RequestTriaged, work: Work) -> None:
    """Somebody is needed: rank and ask, or wait for a plan. A service that no helper does needs nobody."""
    if not event.helper_kinds:
        await close(event.request, "no_helper_needed", work)
        return
    need = Need(**{name: getattr(event, name) for name in Need.model_fields})
    await work.execute(MATCH, event.request, OpenMatch(need=need, side=event.side), begins=True)
    due = plan_for(need, work)
    if due is None:
        await arrange(work, event.request)
    else:
        leave_to_plan(event.request, due, work)


async def close_match(event: End, work: Work) -> None:
    """Nobody is needed any more: offers are revoked, the booking is given back."""
    await close(event.request, END[type(event)], work)


async def hold_match(event: intake.RequestHeld, work: Work) -> None:
    """Open offers are revoked; an assignment stands."""
    await work.execute(MATCH, event.request, HoldMatch())


async def resume_match(event: intake.RequestResumed, work: Work) -> None:
    """Ranked again."""
    await arrange(work, event.request, resumes=True)


async def reopen_match(event: intake.RequestReopened, work: Work) -> None:
    """A new round, without the last helper if they did it badly."""
    match = await work.load(MATCH, event.request)
    bar_last = event.reason is ReopenReason.POOR_QUALITY
    await work.execute(MATCH, event.request, ReopenMatch(reason=event.reason, bar_last=bar_last))
    if isinstance(match, Assigned):
        await release(match.helper, match.booking, "reopened", work)


# Offers and rounds


async def watch_offer(event: m.OfferMade, work: Work) -> None:
    """The offer ends in time. One that crossed the helper's suspension is taken back."""
    work.set_timer(OFFER_EXPIRES, event.offer, event.expires, event.request.bytes)
    helper = await work.load(HELPER, event.helper)
    if not isinstance(helper, Active):
        await work.execute(MATCH, event.request, TakeBack(offer=event.offer, reason=RevokeReason.SUSPENDED))


async def ask_next(event: m.OfferDeclined | m.OfferExpired | m.OfferRevoked, work: Work) -> None:
    """The next in the cascade, by a ranking of now."""
    work.drop_timer(OFFER_EXPIRES, event.offer)
    await arrange(work, event.request)


async def stop_watching(event: m.OfferAccepted, work: Work) -> None:
    """The offer was answered, and nobody else is asked."""
    work.drop_timer(OFFER_EXPIRES, event.offer)
    work.drop_timer(ASKS_MORE, event.request)


async def begin_round(event: m.MatchReopened, work: Work) -> None:
    """A new round begins with a ranking, from where the cadre lives by now."""
    match = await work.load(MATCH, event.request)
    if match is not None:
        lives = await whereabouts(work.db, match.facts.need.cadre)
        if lives.community is not None:
            side = (match.facts.side or CadreSide()).model_copy(update={"home": lives.home})
            await work.execute(MATCH, event.request, MoveMatch(community=lives.community, side=side))
    await arrange(work, event.request)


async def expire_offer(about: UUID, data: bytes, work: Work) -> None:
    """The helper said nothing in time."""
    await work.execute(MATCH, UUID(bytes=data), ExpireOffer(offer=about))


async def ask_more(about: UUID, _: bytes, work: Work) -> None:
    """The next wave goes, or the night is over, and what has gathered in it may be decided together."""
    if not await waits_in_queue(about, work):
        await arrange(work, about)


# Helpers


async def hand_back(event: m.HelperSuspended | m.HelperLeft, work: Work) -> None:
    """Open offers are taken back, and visits to come go to others."""
    index = index_of(work.store)
    await index.fresh(work.store)
    for request, offer in sorted(index.files.offers_to(event.helper)):
        await work.execute(MATCH, request, TakeBack(offer=offer, reason=RevokeReason.SUSPENDED))
    reason = "suspended" if isinstance(event, m.HelperSuspended) else "left"
    helper = await work.load(HELPER, event.helper)
    if helper is None or isinstance(helper, Active):
        return
    await _give_back(helper, [one for one in helper.facts.bookings if one.slot.start > work.at], reason, work)
    if isinstance(event, m.HelperLeft):
        for cadre in index.files.paired_to(event.helper):
            await work.execute(PAIRING, pairing_of(event.helper, cadre), Unbind(reason="left"))


async def free_absence(event: m.AbsenceNoted, work: Work) -> None:
    """Visits in the time of an absence go to others."""
    helper = await work.load(HELPER, event.helper)
    if helper is not None:
        start, end = event.slot_start, event.slot_end
        within = [one for one in helper.facts.bookings if one.slot.start < end and start < one.slot.end]
        await _give_back(helper, within, "absent", work)


async def _give_back(helper: Helper, bookings: list[Booking], reason: str, work: Work) -> None:
    for booking in bookings:
        given = GiveBack(reason=reason, booking=booking.booking, starts=booking.slot.start)
        await work.execute(MATCH, booking.request, given)
        await release(helper.facts.helper, booking.booking, reason, work)


# Visits


async def answer_move(event: care.VisitMoveRequested, work: Work) -> None:
    """Moved, or refused with the reason; booked anew for another try while the helper has the request."""
    match = await work.load(MATCH, event.request)
    told = {name: getattr(event, name) for name in ("booking", "request", "cadre", "visit", "slot")}
    anew = isinstance(match, Assigned) and match.booking == event.booking
    place = place_to_reach(match.facts.need.urgency, match.facts.side) if match else None
    await work.execute(HELPER, event.helper, MoveBooking(**told, place=place, anew=anew))


async def credit_visit(event: care.VisitDone, work: Work) -> None:
    """The time is free again and goes into the service record."""
    await release(event.helper, event.booking, "done", work)
    await work.execute(HELPER, event.helper, CreditHours(**_served(event)))


async def correct_credit(event: care.VisitCorrected, work: Work) -> None:
    """The service record follows the report, if it had been credited."""
    given = [
        (one.envelope, one.event.minutes)
        for one in await work.store.read_stream(HELPER.stream(event.helper))
        if isinstance(one.event, m.HoursCredited | m.HoursCorrected) and one.event.booking == event.booking
    ]
    if not given:
        return
    (credit, _), (_, before) = given[0], given[-1]
    command = CorrectHours(**_served(event), corrects=credit.id, credited=credit.happened, before=before)
    await work.execute(HELPER, event.helper, command)


def _served(event: care.VisitDone | care.VisitCorrected) -> dict[str, Any]:
    about = {name: getattr(event, name) for name in ("booking", "request", "cadre")}
    return {**about, "minutes": min(max(event.minutes, 1), 1440)}


async def note_missed(event: care.VisitMissed, work: Work) -> None:
    """A no-show; somebody else is looked for."""
    match = await work.load(MATCH, event.request)
    if isinstance(match, Assigned) and match.booking == event.booking:
        await work.execute(MATCH, event.request, RecordNoShow())
    await release(event.helper, event.booking, "missed", work)


async def free_booking(
    event: care.VisitRefused | care.NoAnswerRecorded | care.VisitCancelled, work: Work
) -> None:
    """The helper's time is free again; whether to come once more is decided elsewhere, and then asked for."""
    await release(event.helper, event.booking, FREED[type(event)], work)


TIMERS = {
    OFFER_EXPIRES: expire_offer,
    ASKS_MORE: ask_more,
    PLAN_DUE: make_plan,
    PLAN_ENDS: end_plan,
}

REACTIONS: Mapping[type[Event], Reaction] = {
    intake.RequestTriaged: open_match,
    **dict.fromkeys(END, close_match),
    intake.RequestHeld: hold_match,
    intake.RequestResumed: resume_match,
    intake.RequestReopened: reopen_match,
    intake.CadreDeceased: end_for_deceased,
    intake.CadreMoved: follow_move,
    intake.CadresMerged: join_pairings,
    m.PairingBegun: end_late_pairing,
    m.OfferMade: watch_offer,
    m.OfferAccepted: stop_watching,
    m.OfferDeclined: ask_next,
    m.OfferExpired: ask_next,
    m.OfferRevoked: ask_next,
    m.MatchReopened: begin_round,
    m.PairAccepted: ask_planned,
    m.VisitReturned: match_alone,
    m.HelperSuspended: hand_back,
    m.HelperLeft: hand_back,
    m.AbsenceNoted: free_absence,
    care.VisitMoveRequested: answer_move,
    care.VisitDone: credit_visit,
    care.VisitCorrected: correct_credit,
    care.VisitMissed: note_missed,
    care.VisitRefused: free_booking,
    care.NoAnswerRecorded: free_booking,
    care.VisitCancelled: free_booking,
}
