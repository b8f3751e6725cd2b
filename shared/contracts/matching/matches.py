"""Events of matches: whom a request asks, and who comes."""

from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event, Frozen, Personal
from shared.contracts.values import CadreSide, DeclineReason, HelperKind, Slot, Urgency


class Part(Frozen):
    """One part of a score, in points."""

    name: str
    points: int
    fact: str = ""


class Candidate(Frozen):
    """A helper who may do it: the parts add up to the score."""

    helper: UUID
    kind: HelperKind
    score: int
    parts: tuple[Part, ...]
    metres: int | None
    slot: Slot | None = None


class Excluded(Frozen):
    """How many helpers a rule excluded."""

    rule: str
    count: int


class MatchOpened(Event, name="matching.MatchOpened", subject="cadre"):
    """A request needs somebody."""

    request: UUID
    cadre: UUID
    community: UUID | None
    service: str
    urgency: Urgency
    skills: tuple[str, ...]
    helper_kinds: tuple[HelperKind, ...]
    minutes: int
    slot: Slot | None
    round: int
    side: Personal[CadreSide | None]


class CandidatesRanked(Event, name="matching.CandidatesRanked", subject="cadre"):
    """The best twenty with their parts, a count a rule of exclusion, and what it was computed from.

    Computed from the fold of this service's own events up to and including the position (epoch, xid, seq),
    the match as it stood before this event, and what is here: the cadre's `side`, the moment `at`, and
    `latest`, by when a visit without a time of its own must end.
    """

    request: UUID
    cadre: UUID
    round: int
    at: datetime
    latest: datetime
    ranked: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    considered: int
    rules_version: str
    weights_version: str
    epoch: int
    xid: int
    seq: int
    side: Personal[CadreSide | None]


class OfferMade(Event, name="matching.OfferMade"):
    """A helper is asked. `parallel` offers go to several at once; the first to accept wins."""

    request: UUID
    cadre: UUID
    offer: UUID
    helper: UUID
    helper_kind: HelperKind
    slot: Slot
    expires: datetime
    parallel: bool
    rank: int


class OfferAccepted(Event, name="matching.OfferAccepted"):
    """The helper said yes."""

    request: UUID
    cadre: UUID
    offer: UUID
    helper: UUID


class OfferDeclined(Event, name="matching.OfferDeclined", subject="helper"):
    """The helper said no."""

    request: UUID
    cadre: UUID
    offer: UUID
    helper: UUID
    reason: DeclineReason
    note: Personal[str] = ""


class OfferExpired(Event, name="matching.OfferExpired"):
    """The helper said nothing in time."""

    request: UUID
    cadre: UUID
    offer: UUID
    helper: UUID


class OfferRevoked(Event, name="matching.OfferRevoked"):
    """Taken back: another was first, a coordinator decided, or it is no longer needed."""

    request: UUID
    cadre: UUID
    offer: UUID
    helper: UUID
    reason: str


class HelperAssigned(Event, name="matching.HelperAssigned", subject="cadre"):
    """Who does it, and when; with what care needs to open the case."""

    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    helper_kind: HelperKind
    booking: UUID
    service: str
    urgency: Urgency
    slot: Slot
    round: int
    side: Personal[CadreSide | None]


class AssignmentDropped(Event, name="matching.AssignmentDropped", subject="helper"):
    """The helper can't after all; `late` when less than a day before."""

    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    late: bool
    reason: Personal[str]


class NoShowRecorded(Event, name="matching.NoShowRecorded"):
    """The helper didn't come."""

    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID


class AssignmentWithdrawn(Event, name="matching.AssignmentWithdrawn", subject="cadre"):
    """A coordinator takes the assignment from the helper, to give it to another."""

    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    reason: Personal[str]


class MatchExhausted(Event, name="matching.MatchExhausted"):
    """Nobody is left to ask: it stands on the coordinator's list."""

    request: UUID
    cadre: UUID
    community: UUID | None
    round: int
    asked: int


class MatchReopened(Event, name="matching.MatchReopened", subject="cadre"):
    """Matched again in a new round, without those in `barred`; `side` is there when it is a new one."""

    request: UUID
    cadre: UUID
    round: int
    reason: str
    barred: tuple[UUID, ...]
    community: UUID | None = None
    side: Personal[CadreSide | None] = None


class MatchHeld(Event, name="matching.MatchHeld"):
    """The request waits: nobody is asked until it goes on, which the next ranking says."""

    request: UUID
    cadre: UUID


class MatchClosed(Event, name="matching.MatchClosed"):
    """Nobody is needed any more, or the service was given."""

    request: UUID
    cadre: UUID
    reason: str
