"""How long it takes from one home to another, and from one visit to the next."""

from datetime import timedelta

from shared.contracts.values import CadreSide, Point, Urgency

DETOUR_PERCENT = 130
"""Streets are longer than the straight line; 1.2 to 1.4 is what studies of cities find."""
WALKED_A_MINUTE = 75
"""Metres: 4.5 km/h."""
RIDE_WAIT, RIDDEN_A_MINUTE = 10, 250
"""Minutes before a bus or a bicycle moves, and metres a minute then: 15 km/h."""
LONGEST = timedelta(hours=4)
"""Who has so long between two visits comes from anywhere."""


def walking_minutes(metres: int) -> int:
    """Of a straight distance, rounded up."""
    return -(-metres * DETOUR_PERCENT // (100 * WALKED_A_MINUTE))


def travel_minutes(metres: int) -> int:
    """On foot or by bus or bicycle, whichever is sooner; rounded up."""
    ride = RIDE_WAIT - (-metres * DETOUR_PERCENT // (100 * RIDDEN_A_MINUTE))
    return min(walking_minutes(metres), ride)


def travel(one: Point | None, other: Point | None) -> timedelta:
    """Between two places; nothing where either isn't known, or not on the same datum."""
    if one is None or other is None or one.datum != other.datum:
        return timedelta()
    return timedelta(minutes=travel_minutes(one.metres_to(other)))


def place_to_reach(urgency: Urgency, side: CadreSide | None) -> Point | None:
    """Where a visit is, for who must have the time to get there; who answers a rescue knows that they can."""
    return None if side is None or urgency is Urgency.RESCUE else side.home
