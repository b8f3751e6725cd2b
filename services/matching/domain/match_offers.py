"""The offers of a match: asking, answering, taking back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from services.matching.domain.match_commands import (
    AcceptOffer,
    AlreadyAskedError,
    AskHelper,
    AssignedAlreadyError,
    DeclineOffer,
    ExpireOffer,
    FirstCameError,
    MatchHeldError,
    MatchOverError,
    OfferLapsedError,
    OfferOverError,
    RevokeOffer,
    RevokeReason,
    SlotPastError,
    TakeBack,
)
from services.matching.domain.match_rounds import Assigned, Closed, Facts, Held, Match, Offer, Outcome
from shared import ids
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.matching import Candidate
from shared.contracts.values import Slot, Urgency
from shared.errors import UnknownError
from shared.eventstore.decider import Moment

OfferCommand = AskHelper | AcceptOffer | DeclineOffer | ExpireOffer | RevokeOffer | TakeBack


def booking_of(offer: UUID) -> UUID:
    """The booking that an offer becomes when it is accepted."""
    return ids.derive(ids.time_of(offer), "booking", offer)


def decide_offer(match: Match, command: OfferCommand, moment: Moment) -> Sequence[Event]:
    """What follows from asking, answering, or taking back."""
    facts = match.facts
    if isinstance(command, AskHelper):
        return _ask(match, command, moment)
    offer = facts.offer(command.offer)
    if offer is None:
        raise UnknownError(what="offer")
    about = {"request": facts.need.request, "cadre": facts.need.cadre}
    which = {"offer": offer.offer, "helper": offer.helper}
    match command:
        case AcceptOffer():
            _check_open(match, offer)
            if offer.expires <= moment.at:
                raise OfferLapsedError
            return _accept(facts, offer, moment.at)
        case DeclineOffer():
            _check_open(match, offer)
            return [m.OfferDeclined(**about, **which, reason=command.reason, note=command.note)]
        case RevokeOffer():
            _check_open(match, offer)
            return [m.OfferRevoked(**about, **which, reason=RevokeReason.COORDINATOR)]
        case ExpireOffer():
            return [m.OfferExpired(**about, **which)] if offer.outcome is Outcome.OPEN else []
        case TakeBack():
            if offer.outcome is not Outcome.OPEN:
                return []
            return [m.OfferRevoked(**about, **which, reason=command.reason)]
    assert_never(command)


def _check_open(match: Match, offer: Offer) -> None:
    if offer.outcome is Outcome.OPEN:
        return
    accepted = any(one.outcome is Outcome.ACCEPTED and one.round == offer.round for one in match.facts.offers)
    if accepted and offer.outcome is Outcome.REVOKED:
        raise FirstCameError
    raise OfferOverError(outcome=offer.outcome.value)


def _accept(facts: Facts, offer: Offer, at: datetime) -> Sequence[Event]:
    """The first yes: the assignment, and the others are told. A 特急 visit begins now."""
    need, slot = facts.need, offer.slot
    if need.urgency is Urgency.RESCUE and slot.start < at:
        slot = Slot(start=at, end=at + (slot.end - slot.start))
    others = tuple(one for one in facts.open if one.offer != offer.offer)
    return [
        m.OfferAccepted(request=need.request, cadre=need.cadre, offer=offer.offer, helper=offer.helper),
        m.HelperAssigned(
            request=need.request,
            cadre=need.cadre,
            community=need.community,
            helper=offer.helper,
            helper_kind=offer.kind,
            booking=booking_of(offer.offer),
            service=need.service,
            urgency=need.urgency,
            slot=slot,
            round=facts.round,
            side=facts.side,
        ),
        *revoked_offers(facts, RevokeReason.FIRST_CAME, others),
    ]


def check_asking(match: Match) -> None:
    """A domain error when nobody is to be asked: somebody has it, it is over, or it waits."""
    if isinstance(match, Assigned):
        raise AssignedAlreadyError
    if isinstance(match, Closed):
        raise MatchOverError
    if isinstance(match, Held):
        raise MatchHeldError


def _ask(match: Match, command: AskHelper, moment: Moment) -> Sequence[Event]:
    check_asking(match)
    facts, helper = match.facts, command.candidate.helper
    if any(one.helper == helper for one in facts.open):
        raise AlreadyAskedError("helper")
    if command.slot.start <= moment.at and facts.need.urgency is not Urgency.RESCUE:
        raise SlotPastError("slot")
    rank = facts.ranked.index(helper) + 1 if helper in facts.ranked else 0
    return [
        offered(
            facts,
            command.candidate,
            command.slot,
            command.patience,
            moment,
            rank=rank,
            parallel=bool(facts.open),
        )
    ]


def offered(
    facts: Facts,
    candidate: Candidate,
    slot: Slot,
    patience: timedelta,
    moment: Moment,
    *,
    rank: int,
    parallel: bool,
) -> m.OfferMade:
    """An offer; it ends with the helper's patience, and but for 特急 when the visit would begin."""
    expires = moment.at + patience
    if facts.need.urgency is not Urgency.RESCUE:
        expires = min(expires, slot.start)
    return m.OfferMade(
        request=facts.need.request,
        cadre=facts.need.cadre,
        offer=moment.new_id("offer", facts.need.request, facts.round, candidate.helper),
        helper=candidate.helper,
        helper_kind=candidate.kind,
        slot=slot,
        expires=expires,
        parallel=parallel,
        rank=rank,
    )


def revoked_offers(facts: Facts, reason: RevokeReason, offers: Sequence[Offer] | None = None) -> list[Event]:
    """Take back these offers; all open ones, when none are named."""
    return [
        m.OfferRevoked(
            request=facts.need.request,
            cadre=facts.need.cadre,
            offer=one.offer,
            helper=one.helper,
            reason=reason,
        )
        for one in (facts.open if offers is None else offers)
    ]
