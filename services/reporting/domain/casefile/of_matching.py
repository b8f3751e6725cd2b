"""Matches, offers, bookings, pairings, as matching's events tell them."""

from services.reporting.domain.casefile.rows import Row, Rows
from shared.contracts import matching


def _match(state: str = "", into: str = "") -> Row:
    return Row("match", "request", state, into=into)


def _offer(state: str) -> Row:
    return Row("offer", "offer", state)


def _booking(state: str = "", into: str = "") -> Row:
    return Row("booking", "booking", state, into=into)


ROWS: Rows = {
    matching.MatchOpened: _match("open"),
    matching.CandidatesRanked: _match("ranked"),
    matching.MatchHeld: _match("held"),
    matching.HelperAssigned: _match("assigned"),
    matching.AssignmentDropped: _match("dropped", "lost"),
    matching.NoShowRecorded: _match("dropped", "lost"),
    matching.AssignmentWithdrawn: _match("dropped", "lost"),
    matching.MatchExhausted: _match("exhausted"),
    matching.MatchReopened: _match("open"),
    matching.MatchClosed: _match("closed"),
    matching.OfferMade: _offer("made"),
    matching.OfferAccepted: _offer("accepted"),
    matching.OfferDeclined: _offer("declined"),
    matching.OfferExpired: _offer("expired"),
    matching.OfferRevoked: _offer("revoked"),
    matching.BookingMade: _booking("made"),
    matching.BookingMoved: _booking("made"),
    matching.BookingRefused: _booking(into="refused"),
    matching.BookingReleased: _booking("released"),
    matching.HoursCredited: _booking(),
    matching.PairingBegun: Row("pairing", "pairing", "paired"),
    matching.PairingEnded: Row("pairing", "pairing", "ended"),
    matching.RecusalDeclared: Row("recusal", "helper", "recused"),
}
