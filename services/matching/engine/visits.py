"""Many enquiries as one problem: who could come to which visit, in which half day, at which score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.matching.domain.helper_file import Booking
from services.matching.domain.travel import RIDE_WAIT
from services.matching.domain.week import day_of, moment, week_of, windows
from services.matching.engine.able import Able
from services.matching.engine.busy import Numbers
from services.matching.engine.hours import Rows
from services.matching.engine.judging import minutes
from services.matching.engine.moments import EPOCH, MICROSECOND
from services.matching.engine.ranking import Engine
from services.matching.engine.roster import Roster
from services.matching.engine.scoring import Scoring
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, HelperFile, Rule
from shared.contracts.values import Slot

HALF, SHANGHAI = 43_200_000_000, 28_800_000_000
"""Microseconds: of half a day, and by which Shanghai's clocks are ahead."""
NOON = 720


@dataclass(frozen=True, slots=True)
class Edges:
    """Who could come to one visit: rows, rising, with the start of the visit in µs and the score."""

    rows: Rows
    starts: Numbers
    scores: Numbers

    @property
    def halves(self) -> Numbers:
        """The half day of each."""
        halves: Numbers = (self.starts + SHANGHAI) // HALF
        return halves


def edges_of(enquiry: Enquiry, roster: Roster, engine: Engine) -> Edges:
    """Of one visit; what hard rules forbid is missing."""
    able = Able(enquiry, roster, Times(enquiry))
    return Edges(able.rows, able.start, Scoring(able, engine.weights).scores)


def room(file: HelperFile, number: int, length: int) -> int:
    """How many visits of so many minutes, each with the way to it, fit into a half day beside what is booked.

    One at the least: whoever could come could come once.
    """
    begin = EPOCH + MICROSECOND * (number * HALF - SHANGHAI)
    day = day_of(begin)
    first = NOON * (number % 2)
    free = sum(
        max(0, min(end, first + NOON) - max(start, first))
        for start, end in windows(file.facts.availability, day)
    )
    stop = moment(day, first + NOON)
    taken = sum(
        minutes(one.slot) + RIDE_WAIT
        for one in file.facts.bookings
        if one.slot.start < stop and begin < one.slot.end
    )
    return max(1, (free - taken + RIDE_WAIT) // (length + RIDE_WAIT))


def left_in_week(file: HelperFile, number: int) -> int:
    """How many visits the week of a half day still takes."""
    week = week_of(EPOCH + MICROSECOND * (number * HALF - SHANGHAI))
    return max(0, file.facts.capacity - sum(week_of(slot.start) == week for slot in file.taken))


def in_order(
    file: HelperFile, visits: Sequence[tuple[int, Enquiry]]
) -> tuple[Mapping[int, Slot], Sequence[int]]:
    """When each of these visits can be made by one helper, one after the other; and those that can't be.

    As given, but those without an agreed time last: they come to the first hours that are left.
    """
    slots: dict[int, Slot] = {}
    late: list[int] = []
    for visit, enquiry in sorted(visits, key=lambda one: Times(one[1]).agreed is None):
        slot = Times(enquiry).slot_for(file)
        if isinstance(slot, Rule):
            late.append(visit)
            continue
        slots[visit] = slot
        booking = Booking(enquiry.need.request, enquiry.need.request, enquiry.need.cadre, slot, enquiry.place)
        file = replace(file, facts=replace(file.facts, bookings=(*file.facts.bookings, booking)))
    return slots, late
