"""What rebalancing goes by and what it gives."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from shared.contracts.values import Point
from shared.errors import InvalidError, RefusedError, UnknownError

UNKNOWN_METRES = 2_000
"""A distance that isn't known counts as this: about the way across a community and its neighbour."""
MOST = 10_000_000
"""No penalty is larger (metres): farther than that nobody lives on a sphere of the Earth's size."""


class TwiceError(InvalidError):
    """{what} {id} stands here twice. Name each one once."""

    zh = "{what} {id} 重复出现。每个只列一次。"


class FigureError(InvalidError):
    """{what} must lie between 0 and {most}. Correct the figure."""

    zh = "{what} 应在 0 到 {most} 之间。请更正数字。"


class MovedOnError(RefusedError):
    """A member of the plan is no longer where the plan has them. Make a new plan."""

    zh = "方案中的成员已不在原社区。请重新生成方案。"


@dataclass(frozen=True, slots=True)
class Community:
    """`weight` is the number of cadres, weighted by hardship, in whole units; `centre` is where they live."""

    community: UUID
    weight: int
    centre: Point | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Of one association; in a community, or not placed yet.

    `pinned` members stay whatever happens, but count where they are. `penalty` is how many metres a move of
    theirs is made dearer, for instance for each live pairing: it chooses who goes, never how many.
    """

    member: UUID
    association: str
    community: UUID | None
    home: Point | None = None
    pinned: bool = False
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class City:
    """All communities, and the members of the associations; the order of either means nothing.

    TwiceError for an id that comes twice, UnknownError for a member of a community that isn't here,
    FigureError for a weight or a penalty that is negative or too large.
    """

    communities: tuple[Community, ...]
    members: tuple[Member, ...]
    places: dict[UUID, Community] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look at every id and figure."""
        _once("community", [one.community for one in self.communities])
        _once("member", [one.member for one in self.members])
        places: dict[UUID | None, Community] = {one.community: one for one in self.communities}
        object.__setattr__(self, "places", places)
        for one in self.communities:
            _between("weight", one.weight, 2**31)
        for each in self.members:
            if each.community is not None and each.community not in places:
                raise UnknownError("community", what="community")
            _between("penalty", each.penalty, MOST)

    def metres(self, member: Member, community: UUID | None) -> int | None:
        """From the member's home to the community's centre; None unless both are known in one datum."""
        centre = None if community is None else self.places[community].centre
        if centre is None or member.home is None or centre.datum != member.home.datum:
            return None
        return member.home.metres_to(centre)


def _once(what: str, ids: Collection[UUID]) -> None:
    if len(set(ids)) < len(ids):
        twice = min(one for one, count in Counter(ids).items() if count > 1)
        raise TwiceError(what, what=what, id=twice)


def _between(what: str, figure: int, most: int) -> None:
    if not 0 <= figure <= most:
        raise FigureError(what, what=what, most=most)


@dataclass(frozen=True, slots=True)
class Move:
    """One member's, to another community.

    `before` and `after` are how many of the association the two communities lack together, when the moves of
    the plan are made one after the other. `old` and `new` are metres from home, None where it isn't known.
    """

    member: UUID
    association: str
    source: UUID | None
    destination: UUID | None
    before: int
    after: int
    old: int | None
    new: int | None
    penalty: int = 0

    @property
    def metres(self) -> int:
        """How much farther the member has to go; unknown distances count as UNKNOWN_METRES."""
        old, new = (UNKNOWN_METRES if one is None else one for one in (self.old, self.new))
        return new - old

    @property
    def back(self) -> Self:
        """To where the member came from."""
        return replace(
            self,
            source=self.destination,
            destination=self.source,
            before=self.after,
            after=self.before,
            old=self.new,
            new=self.old,
            penalty=0,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Moves, and how many members all communities lack before and after them."""

    moves: tuple[Move, ...]
    before: int
    after: int

    @property
    def cost(self) -> int:
        """Metres farther in total, with the penalties."""
        return sum(move.metres + move.penalty for move in self.moves)

    def part(self, accepted: Collection[UUID]) -> "Plan":
        """Only the moves of these members: any of them are a sound plan, each lessens the shortage by one.

        UnknownError for a member who isn't moved by this plan.
        """
        wanted = set(accepted)
        if not wanted <= {move.member for move in self.moves}:
            raise UnknownError("member", what="move")
        steps: defaultdict[Any, list[tuple[int, int]]] = defaultdict(list)
        for move in self.moves:
            steps[move.association, move.destination].append((move.before, move.after))
        left = {pair: iter(taken) for pair, taken in steps.items()}
        moves = []
        for move in self.moves:
            if move.member in wanted:
                before, after = next(left[move.association, move.destination])
                moves.append(replace(move, before=before, after=after))
        return Plan(tuple(moves), self.before, self.before + sum(move.after - move.before for move in moves))

    @property
    def undone(self) -> "Plan":
        """The moves back, the last first."""
        return Plan(tuple(move.back for move in reversed(self.moves)), self.after, self.before)


def moved(city: City, moves: Iterable[Move]) -> City:
    """The city when these moves are made. MovedOnError when a member isn't where a move begins."""
    by_id = {one.member: one for one in city.members}
    for move in moves:
        member = by_id.get(move.member)
        if member is None or member.community != move.source:
            raise MovedOnError
        by_id[move.member] = replace(member, community=move.destination)
    return City(city.communities, tuple(by_id.values()))
