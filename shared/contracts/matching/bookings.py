"""Events of a helper's time: taken, moved, given back, credited."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.event import Event, Personal, upcasts
from shared.contracts.values import Point, Slot


class BookingMade(Event, name="matching.BookingMade", version=2, subject="cadre"):
    """A helper's time is taken; written together with the match's own event. `place` is where."""

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    slot: Slot
    place: Personal[Point | None] = None


@upcasts("matching.BookingMade", 1)
def _without_a_place(fields: dict[str, Any]) -> dict[str, Any]:
    """The first bookings didn't say where."""
    return {**fields, "place": None}


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


class HoursCorrected(Event, name="matching.HoursCorrected"):
    """The report behind a credit was put right: `corrects` is the credit, given at `credited`.

    From now on `minutes` count in the place of the minutes `before`.
    """

    helper: UUID
    booking: UUID
    request: UUID
    cadre: UUID
    corrects: UUID
    credited: AwareDatetime
    before: int
    minutes: int
