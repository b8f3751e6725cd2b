"""What a helper is: the file with its bookings, folded from events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.matching.domain.helper_commands import AwayError, OverlapError, TravelError, WeekFullError
from services.matching.domain.travel import LONGEST, travel
from services.matching.domain.week import week_of
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import HelperKind, HelperProfile, Point, Sex, Skill, Slot, Weekly, Wish
from shared.errors import RefusedError

PERSONS = frozenset({HelperKind.VOLUNTEER, HelperKind.STAFF})
"""Who can't be in two places at once; an organisation sends as many as its capacity says."""

COUNTED = frozenset({"done", "closed"})
"""What became of a booking that still counts to its week's capacity."""

KEPT = timedelta(days=35)
"""How long served slots are kept: the load looks back 30 days."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Time taken for a request; `place` is where, if it is known."""

    booking: UUID
    request: UUID
    cadre: UUID
    slot: Slot
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The file. `served` are slots of the last weeks, `visits` how often each cadre was served.

    `glad` are the services given most gladly, `wishes` what cadres wish of this helper.
    """

    helper: UUID
    kind: HelperKind
    community: UUID | None
    association: str
    sex: Sex | None
    skills: tuple[Skill, ...]
    availability: tuple[Weekly, ...]
    capacity: int
    dialects: tuple[str, ...]
    since: date | None
    profile: HelperProfile | None
    absences: tuple[tuple[datetime, datetime], ...] = ()
    recused: frozenset[UUID] = frozenset()
    bookings: tuple[Booking, ...] = ()
    served: tuple[Slot, ...] = ()
    visits: Mapping[UUID, int] = field(default_factory=dict)
    glad: tuple[str, ...] = ()
    wishes: Mapping[UUID, Wish] = field(default_factory=dict)
    fingerprint: str = ""

    def live(self, booking: UUID) -> Booking | None:
        """This booking, if the time is still taken."""
        return next((one for one in self.bookings if one.booking == booking), None)

    def hindrance(
        self, slot: Slot, place: Point | None = None, moved: UUID | None = None
    ) -> RefusedError | None:
        """What keeps this helper from a slot, if anything.

        At a `place`, a person needs the time to get there and on; `moved` is a booking that would leave its
        time.
        """
        if not (self.absences or self.bookings or self.served):
            return None
        begin, end = slot.start, slot.end
        for away, back in self.absences:
            if begin < back and away < end:
                return AwayError()
        booked = [one for one in self.bookings if one.booking != moved]
        if self.kind in PERSONS:
            if any(begin < other.slot.end and other.slot.start < end for other in booked):
                return OverlapError()
            if place is not None and any(_too_far(other, slot, place) for other in booked):
                return TravelError()
        taken = [*(one.slot for one in booked), *self.served]
        if len(taken) >= self.capacity:
            week = week_of(begin)
            if sum([week_of(other.start) == week for other in taken]) >= self.capacity:
                return WeekFullError(capacity=self.capacity)
        return None


def _too_far(booking: Booking, slot: Slot, place: Point) -> bool:
    """Whether there isn't the time to get from one of two visits that don't overlap to the other."""
    gap = max(slot.start - booking.slot.end, booking.slot.start - slot.end)
    return gap < LONGEST and gap < travel(booking.place, place)


@dataclass(frozen=True, slots=True)
class Active:
    """May get offers."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Suspended:
    """Gets no offers until resumed."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Left:
    """Serves no more."""

    facts: Facts


Helper = Active | Suspended | Left


def evolve(helper: Helper | None, event: Event) -> Helper:
    """The helper after this event."""
    if isinstance(event, m.HelperEnrolled):
        return Active(
            Facts(
                helper=event.helper,
                kind=event.kind,
                community=event.community,
                association=event.association,
                sex=event.sex,
                skills=event.skills,
                availability=event.availability,
                capacity=event.capacity,
                dialects=event.dialects,
                since=event.since,
                profile=event.profile,
            )
        )
    if helper is None:
        raise ValueError(f"{event.NAME} before the helper was enrolled")
    match event:
        case m.HelperSuspended():
            return Suspended(helper.facts)
        case m.HelperResumed():
            return Active(helper.facts)
        case m.HelperLeft():
            return Left(helper.facts)
        case _:
            return replace(helper, facts=_evolve_facts(helper.facts, event))


def _evolve_facts(facts: Facts, event: Event) -> Facts:
    match event:
        case m.HelperCorrected():
            return replace(facts, sex=event.sex, dialects=event.dialects, profile=event.profile)
        case m.HelperImported():
            return replace(facts, fingerprint=event.fingerprint)
        case m.SkillsChanged():
            return replace(facts, skills=event.skills)
        case m.AvailabilityChanged():
            return replace(facts, availability=event.availability, capacity=event.capacity)
        case m.AbsenceNoted():
            return replace(facts, absences=(*facts.absences, (event.slot_start, event.slot_end)))
        case m.HelperAllocated():
            return replace(facts, community=event.community, association=event.association)
        case m.RecusalDeclared():
            return replace(facts, recused=facts.recused | {event.cadre})
        case m.BookingMade():
            made = Booking(event.booking, event.request, event.cadre, event.slot, event.place)
            return replace(facts, bookings=(*facts.bookings, made))
        case m.BookingMoved():
            moved = tuple(
                replace(one, slot=event.slot) if one.booking == event.booking else one
                for one in facts.bookings
            )
            return replace(facts, bookings=moved)
        case m.BookingReleased():
            return _released(facts, event)
        case m.HoursCredited():
            count = facts.visits.get(event.cadre, 0) + 1
            return replace(facts, visits={**facts.visits, event.cadre: count})
        case m.PreferencesChanged():
            return replace(facts, glad=event.services)
        case m.WishRecorded():
            return replace(facts, wishes={**facts.wishes, event.cadre: event.wish})
    return facts


def _released(facts: Facts, event: m.BookingReleased) -> Facts:
    booking = facts.live(event.booking)
    if booking is None:
        return facts
    rest = tuple(one for one in facts.bookings if one is not booking)
    if event.reason not in COUNTED:
        return replace(facts, bookings=rest)
    slots = (*facts.served, booking.slot)
    oldest = max(slot.start for slot in slots) - KEPT
    return replace(facts, bookings=rest, served=tuple(slot for slot in slots if slot.start >= oldest))
