"""Events of plans: many visits decided together, reviewed, and accepted pair by pair."""

from datetime import date, datetime
from uuid import UUID

from shared.contracts.event import Event, Frozen
from shared.contracts.values import HelperKind, Slot


class Price(Frozen):
    """How much one more helper with this skill would have saved the plan, in points."""

    skill: str
    points: int


class Lacking(Frozen):
    """So many visits there have nobody: what they need is helpers with these skills."""

    skills: tuple[str, ...]
    community: UUID | None
    visits: int


class PlanProposed(Event, name="matching.PlanProposed"):
    """Many visits were decided together; each has an event of its own behind this one.

    Made from the fold of this service's own events up to and including the position (epoch, xid, seq), at
    the moment `at`, by these versions of rules, weights and model. The score is the sum of all pairs'; no
    plan of the pairs that a helper's day has time for is better by more than `gap`, which is proven. A
    revision after the first heeds what was pinned and forbidden; pairs that it doesn't tell anew stand as
    they were. `digest` is the SHA-256 of all pairs and prices; the pairs' prices are in units of 2^-`bits`
    points.
    """

    plan: UUID
    day: date
    revision: int
    at: datetime
    epoch: int
    xid: int
    seq: int
    rules_version: str
    weights_version: str
    model_version: str
    visits: int
    unplanned: int
    score: int
    gap: int
    prices: tuple[Price, ...]
    lacking: tuple[Lacking, ...]
    digest: str
    bits: int


class PairPlanned(Event, name="matching.PairPlanned"):
    """Who shall be asked for this visit, in this revision; and the prices that prove it.

    `score` is the pair's own. The prices are those of the certificate: of the visit, of the helper's half day
    and of the helper's week. `match_version` is the version of the match that it was planned from.
    """

    plan: UUID
    revision: int
    request: UUID
    cadre: UUID
    community: UUID | None
    match_version: int
    latest: datetime
    helper: UUID
    helper_kind: HelperKind
    slot: Slot
    score: int
    visit_price: int
    half_day_price: int
    week_price: int


class VisitUnplanned(Event, name="matching.VisitUnplanned"):
    """Nobody can be had for this visit in this revision without leaving another without anybody."""

    plan: UUID
    revision: int
    request: UUID
    cadre: UUID
    community: UUID | None
    match_version: int
    latest: datetime


class PairPinned(Event, name="matching.PairPinned"):
    """A coordinator wants this helper for this visit, whatever the plan says."""

    plan: UUID
    request: UUID
    cadre: UUID
    helper: UUID


class PairForbidden(Event, name="matching.PairForbidden"):
    """A coordinator doesn't want this helper for this visit."""

    plan: UUID
    request: UUID
    cadre: UUID
    helper: UUID


class PairFreed(Event, name="matching.PairFreed"):
    """What was pinned or forbidden of these two is so no more."""

    plan: UUID
    request: UUID
    cadre: UUID
    helper: UUID


class PairAccepted(Event, name="matching.PairAccepted"):
    """The helper is to be asked now."""

    plan: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    slot: Slot


class VisitReturned(Event, name="matching.VisitReturned"):
    """The visit leaves the plan and is matched by itself: nobody was planned, or the pair was turned down."""

    plan: UUID
    request: UUID
    cadre: UUID


class PlanClosed(Event, name="matching.PlanClosed"):
    """Every visit of the plan is decided."""

    plan: UUID
    accepted: int
    returned: int
