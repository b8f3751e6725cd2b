"""A match: who is asked for a request, and who has it. One stream a request, by the request's id."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from services.matching.domain.match_commands import (
    AcceptOffer,
    AskHelper,
    CloseMatch,
    DeclineOffer,
    ExpireOffer,
    GiveBack,
    HoldMatch,
    MoveMatch,
    NotAssignedError,
    OpenMatch,
    Rank,
    RankAgain,
    Reassign,
    RecordNoShow,
    ReopenMatch,
    RevokeOffer,
    RevokeReason,
    TakeBack,
)
from services.matching.domain.match_offers import (
    OfferCommand,
    check_asking,
    decide_offer,
    offered,
    revoked_offers,
)
from services.matching.domain.match_rounds import (
    Assigned,
    Closed,
    Exhausted,
    Facts,
    Held,
    Match,
    Offering,
    Opened,
    evolve,
)
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import CadreSide
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource

LATE = timedelta(days=1)
"""A drop less than this before the visit is late."""

RankingCommand = OpenMatch | Rank | RankAgain | MoveMatch | HoldMatch | ReopenMatch | CloseMatch
AssignmentCommand = GiveBack | RecordNoShow | Reassign
MatchCommand = RankingCommand | OfferCommand | AssignmentCommand


def decide(match: Match | None, command: MatchCommand, moment: Moment) -> Sequence[Event]:
    """What follows from the command; what comes from a reaction too late changes nothing."""
    if isinstance(command, OpenMatch):
        return _open(match, command)
    if match is None:
        return []
    match command:
        case AskHelper() | AcceptOffer() | DeclineOffer() | ExpireOffer() | RevokeOffer() | TakeBack():
            return decide_offer(match, command, moment)
        case GiveBack() | RecordNoShow() | Reassign():
            return _decide_assignment(match, command, moment)
        case _:
            return _decide_round(match, command, moment)


def _open(match: Match | None, command: OpenMatch) -> Sequence[Event]:
    """The first triage, or another one: a new round when the need has changed and nobody has it yet."""
    revoked: list[Event] = []
    if match is not None:
        if isinstance(match, Assigned | Closed) or match.facts.need == command.need:
            return []
        revoked = revoked_offers(match.facts, RevokeReason.TRIAGED_AGAIN)
    return [
        *revoked,
        m.MatchOpened(**dict(command.need), round=match.facts.round + 1 if match else 1, side=command.side),
    ]


def _decide_round(match: Match, command: RankingCommand, moment: Moment) -> Sequence[Event]:
    facts, need = match.facts, match.facts.need
    match command:
        case Rank():
            return _rank(match, command, moment)
        case RankAgain():
            check_asking(match)
            revoked = revoked_offers(facts, RevokeReason.RANKED_AGAIN)
            return [*revoked, _reopened(facts, "ranked_again", facts.decliners)]
        case MoveMatch():
            known = (need.community, facts.side or CadreSide())
            if isinstance(match, Assigned | Closed) or known == (command.community, command.side):
                return []
            moved = _reopened(facts, "moved", frozenset(), command.side)
            moved = moved.model_copy(update={"community": command.community})
            held = [m.MatchHeld(request=need.request, cadre=need.cadre)] if isinstance(match, Held) else []
            return [*revoked_offers(facts, RevokeReason.MOVED), moved, *held]
        case HoldMatch():
            if isinstance(match, Assigned | Closed | Held):
                return []
            held = [m.MatchHeld(request=need.request, cadre=need.cadre)]
            return [*revoked_offers(facts, RevokeReason.HELD), *held]
        case ReopenMatch():
            if not isinstance(match, Assigned | Closed | Exhausted):
                return []
            barred = frozenset({facts.last}) if command.bar_last and facts.last else frozenset()
            return [_reopened(facts, command.reason, barred)]
        case CloseMatch():
            if isinstance(match, Closed):
                return []
            closed = m.MatchClosed(request=need.request, cadre=need.cadre, reason=command.reason)
            return [*revoked_offers(facts, RevokeReason.CLOSED), closed]
        case OpenMatch():
            return []
    assert_never(command)


def _rank(match: Match, command: Rank, moment: Moment) -> Sequence[Event]:
    facts, need = match.facts, match.facts.need
    going_on = isinstance(match, Opened | Offering)
    resumed = isinstance(match, Held) and command.resumes
    missing = max(command.wanted - len(facts.open), 0)
    if not (going_on or resumed) or facts.round != command.round or (facts.open and not missing):
        return []
    fields = {name: getattr(command, name) for name in m.CandidatesRanked.model_fields if name not in _ABOUT}
    events: list[Event] = [m.CandidatesRanked(request=need.request, cadre=need.cadre, **fields)]
    left = max(command.most - len(facts.asked), 0)
    able = [one for one in command.ranked if one.slot is not None][:left]
    chosen = able[:missing]
    parallel = len(facts.open) + len(chosen) > 1
    for candidate in chosen:
        slot = candidate.slot or need.slot
        if slot is not None:
            rank = command.ranked.index(candidate) + 1
            events.append(
                offered(facts, candidate, slot, command.patience, moment, rank=rank, parallel=parallel)
            )
    if not able and not facts.open:
        events.append(
            m.MatchExhausted(
                request=need.request,
                cadre=need.cadre,
                community=need.community,
                round=facts.round,
                asked=len(facts.asked),
            )
        )
    return events


_ABOUT = frozenset({"request", "cadre"})


def _decide_assignment(match: Match, command: AssignmentCommand, moment: Moment) -> Sequence[Event]:
    need = match.facts.need
    if not isinstance(match, Assigned):
        if isinstance(command, GiveBack):
            return []
        raise NotAssignedError
    which = {"helper": match.helper, "booking": match.booking}
    barred = frozenset({match.helper})
    match command:
        case GiveBack():
            if command.booking != match.booking:
                return []
            dropped = m.AssignmentDropped(
                request=need.request,
                cadre=need.cadre,
                **which,
                late=command.starts - moment.at < LATE,
                reason=command.reason,
            )
            return [dropped, _reopened(match.facts, "dropped", barred)]
        case RecordNoShow():
            missed = m.NoShowRecorded(request=need.request, cadre=need.cadre, **which)
            return [missed, _reopened(match.facts, "no_show", barred)]
        case Reassign():
            taken = m.AssignmentWithdrawn(
                request=need.request, cadre=need.cadre, **which, reason=command.reason
            )
            return [taken, _reopened(match.facts, "reassigned", barred)]
    assert_never(command)


def _reopened(
    facts: Facts, reason: str, barred: frozenset[UUID], side: CadreSide | None = None
) -> m.MatchReopened:
    return m.MatchReopened(
        request=facts.need.request,
        cadre=facts.need.cadre,
        round=facts.round + 1,
        reason=reason,
        barred=tuple(sorted(barred)),
        community=facts.need.community,
        side=side,
    )


def resource(match: Match) -> Resource:
    """A match belongs to the cadre's community, and to the helper who has it."""
    need = match.facts.need
    helpers = frozenset({match.helper}) if isinstance(match, Assigned) else frozenset()
    return Resource(community=need.community, cadre=need.cadre, helpers=helpers)


MATCH: Decider[Match] = Decider("match", "match", evolve, decide, resource)
