"""From a match to offers: the enquiry, the ranking, the first to ask."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from services.matching.domain.cascade import expires, more_at, wanted
from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import Book, ReleaseBooking
from services.matching.domain.match import MATCH
from services.matching.domain.match_commands import CloseMatch, Rank
from services.matching.domain.match_rounds import Assigned, Facts, Held, Match, Need, Offering, Opened
from services.matching.domain.travel import place_to_reach
from services.matching.domain.weights import BUILT_IN
from services.matching.engine import ALIKE, RULES, Engine, Enquiry, Judged, Rule
from services.matching.index import Snapshot, index_of
from shared.cascades import Cascade
from shared.contracts.matching import CandidatesRanked, HelperAssigned, PlanProposed
from shared.contracts.values import CadreSide
from shared.deadlines import NoSlotError, Policy, Stage, reckon
from shared.errors import RefusedError, UnknownError
from shared.eventstore.work import Work

SHOWN = 20
"""How many candidates a ranking keeps in the event."""

ASKS_MORE = "asks-more"

AHEAD = timedelta(days=1)
"""A visit without an agreed time may always lie this far ahead, however short its deadline."""


class EngineUnknownError(RefusedError):
    """This ranking was made by rules {rules} and weights {weights}, which this program doesn't have."""

    zh = "这次排序用的规则版本 {rules}、权重版本 {weights}，本程序没有。"


def patience(cascade: Cascade, at: datetime) -> timedelta:
    """How long an offer of `at` waits for its answer, wall time: the night is part of it."""
    return expires(cascade, at) - at


def latest_end(policy: Policy, need: Need, at: datetime) -> datetime:
    """By when a visit without an agreed time must end: the deadline reckoned from now, a day at the least."""
    try:
        due = reckon(policy, need.urgency, Stage.FINISHED, at, service=need.service).due
    except NoSlotError:
        due = None
    return max(due or at, at + AHEAD)


def enquiry_of(
    facts: Facts, side: CadreSide | None, at: datetime, latest: datetime, prices: Mapping[str, int]
) -> Enquiry:
    """What the engine is asked for a match as it stands."""
    return Enquiry(facts.need, side or CadreSide(), at, latest, facts.asked, facts.barred, prices)


async def look(work: Work, facts: Facts) -> tuple[Snapshot, Enquiry]:
    """All helpers, and what is asked of them for this match now."""
    snapshot = await index_of(work.store).fresh(work.store)
    latest = latest_end(work.settings.deadlines, facts.need, work.at)
    return snapshot, enquiry_of(facts, facts.side, work.at, latest, snapshot.prices)


async def judge(work: Work, facts: Facts, helper: UUID) -> Judged | Rule:
    """One helper for this match now."""
    snapshot, enquiry = await look(work, facts)
    file = snapshot.roster.of(helper)
    if file is None:
        raise UnknownError(what="helper")
    return snapshot.engine.judge(enquiry, snapshot.roster, file)


def _lacks_offers(match: Match, needed: int, *, resumes: bool) -> bool:
    if isinstance(match, Held):
        return resumes
    if isinstance(match, Offering):
        return len(match.facts.open) < needed
    return isinstance(match, Opened)


async def arrange(work: Work, request: UUID, *, resumes: bool = False) -> None:
    """Rank and ask, if the match lacks offers; nothing when it doesn't, or has ended meanwhile.

    In quiet hours nobody is asked: a coordinator sees the ranking, and it is made again in the morning.
    """
    match = await work.load(MATCH, request)
    if match is None:
        return
    facts = match.facts
    cascade = work.settings.cascades.of(facts.need.urgency)
    needed = _needed(cascade, facts, work.at)
    if _lacks_offers(match, needed, resumes=resumes):
        snapshot, enquiry = await look(work, facts)
        ranking = snapshot.engine.rank(enquiry, snapshot.roster, SHOWN)
        command = Rank(
            round=facts.round,
            at=enquiry.at,
            latest=enquiry.latest,
            ranked=tuple(one.told() for one in ranking.candidates),
            excluded=ranking.counts,
            considered=ranking.considered,
            rules_version=RULES,
            weights_version=snapshot.engine.version,
            **snapshot.position._asdict(),
            side=facts.side,
            wanted=needed,
            most=cascade.most,
            patience=patience(cascade, work.at),
            resumes=resumes,
        )
        await work.execute(MATCH, request, command)
    await _watch(work, request, cascade)


def _needed(cascade: Cascade, facts: Facts, at: datetime) -> int:
    """How many offers are to be open now, as far as the round may make more."""
    left = max(cascade.most - len(facts.asked), 0)
    return min(wanted(cascade, facts.begun, at), len(facts.open) + left)


async def _watch(work: Work, request: UUID, cascade: Cascade) -> None:
    """More are asked in time: by the next wave, or when the night is over."""
    match = await work.load(MATCH, request)
    if isinstance(match, Opened | Offering):
        due = more_at(cascade, match.facts.begun, work.at)
        if due is not None:
            work.set_timer(ASKS_MORE, request, due)


async def book(work: Work, assigned: HelperAssigned) -> None:
    """Take the helper's time, in the same work as the assignment."""
    place = place_to_reach(assigned.urgency, assigned.side)
    about = {name: getattr(assigned, name) for name in ("booking", "request", "cadre", "slot")}
    await work.execute(HELPER, assigned.helper, Book(**about, place=place))


async def close(request: UUID, reason: str, work: Work) -> None:
    """Nobody is needed any more: offers are revoked, the booking is given back."""
    work.drop_timer(ASKS_MORE, request)
    match = await work.load(MATCH, request)
    await work.execute(MATCH, request, CloseMatch(reason=reason))
    if isinstance(match, Assigned):
        await release(match.helper, match.booking, reason, work)


async def release(helper: UUID, booking: UUID, reason: str, work: Work) -> None:
    """Give the helper's time back, for this reason."""
    await work.execute(HELPER, helper, ReleaseBooking(booking=booking, reason=reason))


def engine_of(told: CandidatesRanked | PlanProposed, snapshot: Snapshot) -> Engine:
    """The engine that a ranking or a plan was made with, at its position."""
    rules, weights = told.rules_version, told.weights_version
    if rules in ALIKE and snapshot.engine.version == weights:
        return snapshot.engine
    if rules in ALIKE and weights in BUILT_IN:
        return Engine(BUILT_IN[weights], weights)
    raise EngineUnknownError(rules=rules, weights=weights)
