"""Events of a helper's time: taken, moved, given back, credited."""

from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.values import Slot


class BookingMade(Event, name="matching.BookingMade"):
    """A helper's time is taken; written together with the match's own event."""

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    slot: Slot


class BookingMoved(Event, name="matching.BookingMoved"):
    """To another time, as care asked."""

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    visit: UUID
    slot: Slot


class BookingRefused(Event, name="matching.BookingRefused"):
    """The helper isn't free then; the booking stays as it was."""

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    visit: UUID
    slot: Slot
    reason: str


class BookingReleased(Event, name="matching.BookingReleased"):
    """The time is free again; `reason` is what became of it."""

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    reason: str


class HoursCredited(Event, name="matching.HoursCredited"):
    """Time served, in minutes, for the service record."""

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    minutes: int
