"""A funding case: the bureau is asked for money, step by step, each taken by another person."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.care.domain import funding_states as states
from services.care.domain.funding_commands import (
    ApproveWithin,
    AttachEvidence,
    CloseFunding,
    ConfirmByUnit,
    ConfirmReceipt,
    DisburseFunding,
    DraftOfCase,
    EvidenceMissingError,
    FundingOverError,
    LapseFunding,
    NoteLateStep,
    NotYourStepError,
    RecusedHereError,
    RecuseFromFunding,
    RejectFunding,
    ReturnForEvidence,
    ReverseFunding,
    ReviewFunding,
    SecondStepError,
    SubmitFunding,
    TooMuchError,
    VerifyFunding,
    WithdrawFunding,
    WrongStepError,
)
from services.care.domain.funding_states import Facts, Funding, Next, Taken
from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.deadlines import SHANGHAI
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


def evolve(funding: Funding | None, event: Event) -> Funding:
    """The case after an event."""
    if isinstance(event, care.FundingDrafted):
        drafted = Facts(**{name: getattr(event, name) for name in DRAFT})
        return states.Drafted(_with(drafted, event))
    if funding is None:
        raise ValueError(f"{event.NAME} before the case was drafted")
    facts = _with(funding.facts, event)
    match event:
        case care.FundingSubmitted():
            return states.Submitted(facts)
        case care.CommunityVerified():
            return states.CommunityVerified(facts)
        case care.UnitConfirmed():
            return states.UnitConfirmed(facts)
        case care.BureauReviewed():
            return states.BureauReviewed(facts, event.amount)
        case care.FundingApproved():
            return states.Approved(facts, event.amount)
        case care.FundsReserved():
            return states.Reserved(facts, event.amount)
        case care.FundingDisbursed():
            return states.Disbursed(facts, event.amount)
        case care.ReceiptConfirmed():
            return states.ReceiptConfirmed(facts, amount_of(funding))
        case care.FundingClosed():
            return states.Closed(facts, amount_of(funding))
        case care.ReturnedForEvidence():
            return states.ReturnedForEvidence(facts)
        case care.FundingRejected():
            return states.Rejected(facts)
        case care.FundingWithdrawn():
            return states.Withdrawn(facts)
        case care.FundingLapsed():
            return states.Lapsed(facts)
        case care.FundingReversed():
            return states.Reversed(facts, event.amount)
        case care.FundingRecused():
            return replace(funding, facts=replace(facts, recused=facts.recused | {event.account}))
        case care.EvidenceAttached():
            return replace(funding, facts=replace(facts, evidence=facts.evidence | {event.sha256}))
        case _:
            return funding


DRAFT = (
    "funding",
    "request",
    "cadre",
    "community",
    "unit",
    "helper",
    "fund",
    "year",
    "amount",
    "emergency",
)


def decide(funding: Funding | None, command: Command, moment: Moment) -> Sequence[Event]:
    """What follows from a command."""
    if isinstance(command, DraftOfCase):
        return [_drafted(command, moment)]
    if funding is None:
        return []
    facts = funding.facts
    match funding, command:
        case _, LapseFunding():
            return _lapsed(funding, command)
        case _, NoteLateStep():
            return _late(funding, command)
        case _, RecuseFromFunding():
            if command.account in facts.recused:
                return []
            return [care.FundingRecused(**_ids(facts), account=command.account, reason=command.reason)]
        case states.Rejected() | states.Withdrawn() | states.Lapsed() | states.Reversed(), _:
            raise FundingOverError
        case _, AttachEvidence():
            if command.sha256 in facts.evidence:
                return []
            return [care.EvidenceAttached(**_ids(facts), **command.model_dump(exclude={"happened"}))]
        case states.Disbursed() | states.ReceiptConfirmed() | states.Closed(), ReverseFunding():
            return _reversed(funding, command, moment)
        case states.Closed(), _:
            raise FundingOverError
        case _, ReturnForEvidence() | RejectFunding():
            return _refused(funding, command, moment)
        case states.Disbursed() | states.ReceiptConfirmed(), WithdrawFunding():
            raise _wrong(funding)
        case _, WithdrawFunding():
            return [care.FundingWithdrawn(**_ids(facts), reason=command.reason)]
        case _:
            return _forward(funding, command, moment)


def _forward(funding: Funding, command: Command, moment: Moment) -> Sequence[Event]:
    """The step that brings the case on, by the person whose step it is."""
    facts, by = funding.facts, moment.by.sub
    match funding, command:
        case states.Drafted() | states.ReturnedForEvidence(), SubmitFunding():
            _check(facts, states.SUBMIT, moment)
            if not facts.emergency and not facts.evidence:
                raise EvidenceMissingError
            return [care.FundingSubmitted(**_ids(facts), amount=facts.amount, by=by)]
        case states.Submitted(), VerifyFunding() if not facts.emergency:
            _check(facts, states.VERIFY, moment)
            return [care.CommunityVerified(**_ids(facts), note=command.note, by=by)]
        case states.CommunityVerified(), ConfirmByUnit():
            _check(facts, states.CONFIRM, moment)
            return [care.UnitConfirmed(**_ids(facts), note=command.note, by=by)]
        case states.UnitConfirmed(), ReviewFunding():
            _check(facts, states.REVIEW, moment)
            _at_most(facts.amount, command.amount)
            return [care.BureauReviewed(**_ids(facts), amount=command.amount, note=command.note, by=by)]
        case states.BureauReviewed() | states.Approved(), ApproveWithin():
            return _approved(funding, funding.amount, command, moment)
        case states.Submitted(), ApproveWithin() if facts.emergency:
            return _approved(funding, facts.amount, command, moment)
        case states.Reserved(), DisburseFunding():
            _check(facts, states.DISBURSE, moment)
            return [
                care.FundingDisbursed(
                    **_ids(facts), amount=funding.amount, reference=command.reference, by=by
                )
            ]
        case states.Disbursed(), ConfirmReceipt():
            _check(facts, states.RECEIPT, moment)
            return [
                care.ReceiptConfirmed(
                    **_ids(facts), confirmed_by=command.confirmed_by, note=command.note, by=by
                )
            ]
        case states.ReceiptConfirmed(), CloseFunding():
            _check(facts, states.CLOSE, moment)
            if not facts.evidence:
                raise EvidenceMissingError
            return [care.FundingClosed(**_ids(facts), by=by)]
        case _:
            raise _wrong(funding)


def _drafted(command: DraftOfCase, moment: Moment) -> Event:
    return care.FundingDrafted(
        **command.model_dump(exclude={"happened"}),
        funding=moment.aggregate,
        year=moment.at.astimezone(SHANGHAI).year,
        by=moment.by.sub,
    )


def _approved(funding: Funding, most: int, command: ApproveWithin, moment: Moment) -> Sequence[Event]:
    """Two approvers for an emergency and above the threshold; the last one's yes reserves the money."""
    facts = funding.facts
    again = isinstance(funding, states.Approved)
    _check(facts, states.APPROVE_AGAIN if again else states.APPROVE, moment)
    _at_most(most, command.amount)
    final = again or not (facts.emergency or command.amount > command.threshold)
    approved = care.FundingApproved(
        **_ids(facts),
        amount=command.amount,
        level=2 if again else 1,
        final=final,
        note=command.note,
        by=moment.by.sub,
    )
    if not final:
        return [approved]
    return [approved, care.FundsReserved(**_ids(facts), budget=command.budget, amount=command.amount)]


def _refused(funding: Funding, command: ReturnForEvidence | RejectFunding, moment: Moment) -> Sequence[Event]:
    facts = funding.facts
    step = states.refusing_of(funding)
    if step is None:
        raise _wrong(funding)
    _check(facts, step, moment)
    taken: dict[str, Any] = {**_ids(facts), "step": step.step, "by": moment.by.sub}
    if isinstance(command, RejectFunding):
        return [care.FundingRejected(**taken, reason=command.reason)]
    return [care.ReturnedForEvidence(**taken, missing=command.missing)]


def _reversed(funding: states.Paid, command: ReverseFunding, moment: Moment) -> Sequence[Event]:
    _check(funding.facts, states.REVERSE, moment)
    amount = command.amount or funding.amount
    _at_most(funding.amount, amount)
    return [
        care.FundingReversed(**_ids(funding.facts), amount=amount, reason=command.reason, by=moment.by.sub)
    ]


def _lapsed(funding: Funding, command: LapseFunding) -> Sequence[Event]:
    """Only what was not paid yet lapses."""
    if isinstance(funding, states.Disbursed | states.ReceiptConfirmed | states.Ended):
        return []
    return [care.FundingLapsed(**_ids(funding.facts), reason=command.reason)]


def _late(funding: Funding, command: NoteLateStep) -> Sequence[Event]:
    awaited = states.next_of(funding)
    if awaited is None or awaited.step != command.step:
        return []
    return [care.FundingStepLate(**_ids(funding.facts), **command.model_dump(exclude={"happened"}))]


def _check(facts: Facts, step: Next, moment: Moment) -> None:
    """No two steps of a case by one person, none by a relative, and each by those whose step it is."""
    match states.barred(facts, step, moment.by):
        case "":
            return
        case "role":
            raise NotYourStepError(step=step.step)
        case "recused":
            raise RecusedHereError
        case taken:
            raise SecondStepError(step=taken)


def _at_most(most: int, amount: int) -> None:
    if amount > most:
        raise TooMuchError("amount", most=most)


def _wrong(funding: Funding) -> WrongStepError:
    awaited = states.next_of(funding)
    return WrongStepError(awaited=awaited.step if awaited else "")


def amount_of(funding: Funding) -> int:
    """What is approved, reserved or paid in this state, in fen; before that, what is asked for."""
    return getattr(funding, "amount", funding.facts.amount)


def _with(facts: Facts, event: Event) -> Facts:
    """With the step that the event says somebody took."""
    taken = Taken(states.step_of(event), getattr(event, "by", ""))
    return facts if not all(taken) or taken in facts.taken else replace(facts, taken=(*facts.taken, taken))


def _ids(facts: Facts) -> dict[str, UUID]:
    return {"funding": facts.funding, "request": facts.request, "cadre": facts.cadre}


def _resource(funding: Funding) -> Resource:
    facts = funding.facts
    helpers = frozenset({facts.helper} if facts.helper else ())
    return Resource(facts.community, facts.cadre, helpers, facts.unit)


FUNDING: Decider[Funding] = Decider("funding", "funding case", evolve, decide, _resource)
