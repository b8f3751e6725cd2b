"""Matches, offers, bookings, pairings, as matching's events tell them."""

from dataclasses import replace
from uuid import UUID

from services.reporting.domain.casefile.file import CaseFile, Item
from services.reporting.domain.casefile.rows import Row, Rows, Standing
from shared.contracts import matching

OPEN = "Open"
"""An offer that waits for its answer."""


def _match(state: str = "", into: str = "") -> Row:
    return Row("match", "request", state, into=into)


def _offer(state: str) -> Row:
    return Row("offer", "offer", state)


def _booking(state: str = "", into: str = "") -> Row:
    return Row("booking", "booking", state, into=into)


ROWS: Rows = {
    matching.MatchOpened: _match("Opened"),
    matching.CandidatesRanked: Row("match", "request", "Opened", only="Held"),
    matching.MatchHeld: _match("Held"),
    matching.HelperAssigned: _match("Assigned"),
    matching.AssignmentDropped: _match("Opened", "lost"),
    matching.NoShowRecorded: _match("Opened", "lost"),
    matching.AssignmentWithdrawn: _match("Opened", "lost"),
    matching.MatchExhausted: _match("Exhausted"),
    matching.MatchReopened: _match("Opened"),
    matching.MatchClosed: _match("Closed"),
    matching.OfferMade: _offer(OPEN),
    matching.OfferAccepted: _offer("Accepted"),
    matching.OfferDeclined: _offer("Declined"),
    matching.OfferExpired: _offer("Expired"),
    matching.OfferRevoked: _offer("Revoked"),
    matching.BookingMade: _booking("Booked"),
    matching.BookingMoved: _booking("Booked"),
    matching.BookingRefused: _booking(into="refused"),
    matching.BookingReleased: _booking("Released"),
    matching.HoursCredited: _booking(),
    matching.HoursCorrected: _booking(into="corrections"),
    matching.PairingBegun: Row("pairing", "pairing", "Live"),
    matching.PairingEnded: Row("pairing", "pairing", "Ended"),
    matching.RecusalDeclared: Row("recusal", "helper", "Recused"),
    matching.WishRecorded: Row("wish", "helper", "Recorded"),
    **dict.fromkeys(
        (
            matching.PairPlanned,
            matching.VisitUnplanned,
            matching.PairPinned,
            matching.PairForbidden,
            matching.PairFreed,
            matching.PairAccepted,
            matching.VisitReturned,
        ),
        _match(into="planned"),
    ),
}


def match_asked(file: CaseFile, offer: Item) -> CaseFile:
    """The file after something became of an offer: its match is offering while one of its offers is open."""
    request = UUID(offer.facts["request"])
    match = file.items.get(("match", request)) or Item("match", request)
    if offer.state == OPEN:
        return file.with_item(replace(match, standing=Standing("Offering")))
    waiting = any(
        one.state == OPEN and one.facts.get("request") == offer.facts["request"]
        for one in file.items.values()
        if one.kind == "offer"
    )
    if match.state != "Offering" or waiting:
        return file
    return file.with_item(replace(match, standing=Standing("Opened")))
