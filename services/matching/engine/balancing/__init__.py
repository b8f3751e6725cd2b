"""Rebalancing: who goes to which community, so that the members are where the cadres are.

Each association is shared out by itself: a community wants young hands and seniors' company, and a senior
fills no place of the young. The budget is one for both, for it is people that are disturbed. Who wants both
shared out as one gives all members the same association.

What is wanted, in this order, exactly:

1. the least shortage that the budget allows: the sum of max(0, target - members) over communities and
   associations, targets as in `targets`;
2. the fewest moves;
3. the least sum over the moves of: metres from home to the new community's centre, less metres to the old
   one's, and the member's penalty. A distance that isn't known counts as UNKNOWN_METRES, so the difference is
   0 for whoever has no home, and who isn't placed is reckoned as coming from that far;
4. members and communities are taken in the order of a keyed hash, `lot`, never in that of the input.

Why it is a problem of transport. With o members leaving a community and i coming, its shortage falls by
max(0, t - n) - max(0, t - n + o - i), which is at most i; so all moves together lessen the shortage by one
each at the most. The fall is i only if i = 0 and n - o >= t or nobody leaves; or if i > 0, nobody leaves
and i <= t - n. So a plan loses nothing just when every move goes from a community above its target, of
which at most n - t leave, to one below, to which at most t - n come. Any of the ones can go to any of the
others, so F = min(budget, sum over associations of min(what may leave, what is lacking)) such moves are
possible, each lessens the shortage by one in whatever order and company, and no plan does better: 1 and 2 are
met by exactly these plans. Among them 3 asks for a flow of F units of least cost, from the pool of all over
surpluses (at most n - t, and the members who may go) by members (one each) to lacks (at most t - n).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from services.matching.engine.balancing.assigning import assigned, small
from services.matching.engine.balancing.flow import flowing
from services.matching.engine.balancing.nearest import nearest
from services.matching.engine.balancing.problem import BudgetError, Problem
from services.matching.engine.balancing.targets import shortage, targets
from services.matching.engine.balancing.values import (
    UNKNOWN_METRES,
    City,
    Community,
    FigureError,
    Member,
    Move,
    MovedOnError,
    Plan,
    TwiceError,
    moved,
)

__all__ = [
    "UNKNOWN_METRES",
    "BudgetError",
    "City",
    "Community",
    "FigureError",
    "Member",
    "Move",
    "MovedOnError",
    "Plan",
    "Proposal",
    "TwiceError",
    "balance",
    "moved",
    "nearest_first",
    "propose",
    "shortage",
    "targets",
]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best plan, and beside it the nearest move first, and doing nothing."""

    best: Plan
    greedy: Plan
    nothing: Plan


def balance(city: City, budget: int, key: UUID) -> Plan:
    """The best plan of at most `budget` moves; the same for the same, in whatever order it is given.

    `key` is whatever names the plan: it settles ties. BudgetError for a negative budget.
    """
    return _best(Problem(city, budget, key))


def nearest_first(city: City, budget: int, key: UUID) -> Plan:
    """What is reached by taking the cheapest move that is left, again and again: as far, over longer ways."""
    return _solved(Problem(city, budget, key), nearest)


def propose(city: City, budget: int, key: UUID) -> Proposal:
    """The best plan and what it is to be compared with."""
    problem = Problem(city, budget, key)
    return Proposal(_best(problem), _solved(problem, nearest), problem.plan(()))


def _best(problem: Problem) -> Plan:
    return _solved(problem, assigned if small(problem) else flowing)


def _solved(problem: Problem, solve: Callable[[Problem], Iterable[tuple[int, int]]]) -> Plan:
    return problem.plan(solve(problem) if problem.flow else ())
