"""Events of rebalancing: the associations' members shared out anew over communities, by consent."""

from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event, Frozen, Personal
from shared.contracts.values import Point


class Share(Frozen):
    """Of an association, how many members a community has and should have."""

    association: str
    members: int
    target: int


class RebalancingProposed(Event, name="matching.RebalancingProposed"):
    """Who should go to which community; communities and moves have events of their own behind this one.

    Made from the fold of this service's own events up to and including the position (epoch, xid, seq), of at
    most `budget` moves, each live pairing making a move dearer by `pairing_metres`; who isn't placed anywhere
    is of it only `citywide`. `shortage` is how many members all communities lack before it, `shortage_after`
    behind it, and `cost` metres farther to go in total, with what pairings add. Beside it what taking the
    nearest move again and again would reach; doing nothing leaves the shortage. `digest` is the SHA-256 of
    communities and moves.
    """

    rebalancing: UUID
    at: datetime
    epoch: int
    xid: int
    seq: int
    model_version: str
    citywide: bool
    budget: int
    pairing_metres: int
    communities: int
    members: int
    moves: int
    shortage: int
    shortage_after: int
    cost: int
    nearest_after: int
    nearest_cost: int
    digest: str


class CommunityReckoned(Event, name="matching.CommunityReckoned"):
    """What a community weighs: its cadres, and the hardships that hold among them."""

    rebalancing: UUID
    community: UUID
    cadres: int
    hardships: int
    weight: int
    centre: Point | None
    shares: tuple[Share, ...]


class MoveProposed(Event, name="matching.MoveProposed"):
    """A member should go from one community, or from none, to another.

    `before` and `after` are how many of the association the two communities lack together; `metres` are from
    home to the centre of the old one and of the new one, None where it isn't known. `pairings` are live.
    """

    rebalancing: UUID
    helper: UUID
    association: str
    source: UUID | None
    destination: UUID
    before: int
    after: int
    source_metres: int | None
    metres: int | None
    pairings: tuple[UUID, ...]


class MoveAccepted(Event, name="matching.MoveAccepted"):
    """The member is to be asked; those of their pairings that shall end with the move."""

    rebalancing: UUID
    helper: UUID
    ending: tuple[UUID, ...]


class MoveDropped(Event, name="matching.MoveDropped", subject="helper"):
    """The member stays, was decided, whether asked by then or not."""

    rebalancing: UUID
    helper: UUID
    reason: Personal[str]


class MoveConsented(Event, name="matching.MoveConsented", subject="helper"):
    """The member agrees, and serves the new community from now on. `note`: how it was said, to whom."""

    rebalancing: UUID
    helper: UUID
    source: UUID | None
    destination: UUID
    note: Personal[str]


class MoveDeclined(Event, name="matching.MoveDeclined", subject="helper"):
    """The member wants to stay."""

    rebalancing: UUID
    helper: UUID
    reason: Personal[str]


class MoveUndone(Event, name="matching.MoveUndone", subject="helper"):
    """The member serves the old community again."""

    rebalancing: UUID
    helper: UUID
    source: UUID | None
    destination: UUID
    reason: Personal[str]
