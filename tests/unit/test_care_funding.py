"""What follows in a funding case."""

import pytest

from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import (
    ApproveWithin,
    AttachEvidence,
    CloseFunding,
    ConfirmByUnit,
    ConfirmReceipt,
    DisburseFunding,
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
from services.care.domain.funding_states import barred, next_of
from shared.bus.envelope import Actor
from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.roles import Role
from tests.care_cases import (
    APPROVER,
    ASKER,
    BUDGET_ID,
    CLOSER,
    EVIDENCE,
    LIAISON,
    PAYER,
    REVIEWER,
    SECOND_APPROVER,
    SECOND_PAYER,
    SECRETARY,
    actor,
    chain,
    draft,
    of_funding,
    until,
)
from tests.unit.given import NOON, given

STEPS = chain()
SMALL, LARGE = 50_000, 90_000


def approve(amount: int = SMALL) -> ApproveWithin:
    """Yes, with a threshold of 800 yuan."""
    return ApproveWithin(amount=amount, budget=BUDGET_ID, threshold=80_000)


CHAIN: list[tuple[str, Command, Actor, str]] = [
    ("evidence", SubmitFunding(), ASKER, "submitted"),
    ("submitted", VerifyFunding(), SECRETARY, "verified"),
    ("verified", ConfirmByUnit(), LIAISON, "confirmed"),
    ("confirmed", ReviewFunding(amount=SMALL), REVIEWER, "reviewed"),
    ("reserved", DisburseFunding(reference="P-1"), PAYER, "disbursed"),
    ("disbursed", ConfirmReceipt(confirmed_by="本人"), SECRETARY, "receipt"),
    ("receipt", CloseFunding(), CLOSER, "closed"),
]


def names(case: tuple[str, Command, Actor, str]) -> str:
    """A step's name in the report."""
    return type(case[1]).__name__


def test_a_draft_says_who_asks_for_what_in_which_year() -> None:
    """The year is Shanghai's, the drafter takes the submitter's step."""
    given(FUNDING).when(draft(), by=ASKER).then(STEPS["drafted"])


@pytest.mark.parametrize("case", CHAIN, ids=names)
def test_each_step_leads_to_the_next(case: tuple[str, Command, Actor, str]) -> None:
    """The whole chain, each step by another person."""
    before, command, by, after = case
    given(FUNDING, *until(before)).when(command, by=by).then(STEPS[after])


@pytest.mark.parametrize("case", CHAIN, ids=names)
def test_a_step_that_is_not_awaited_is_refused(case: tuple[str, Command, Actor, str]) -> None:
    """No step is left out or taken twice."""
    _, command, by, after = case
    error = FundingOverError if after == "closed" else WrongStepError
    given(FUNDING, *until(after)).when(command, by=by).refused(error)


@pytest.mark.parametrize("case", CHAIN, ids=names)
def test_a_step_belongs_to_its_role(case: tuple[str, Command, Actor, str]) -> None:
    """Even where permissions let somebody through, the case doesn't."""
    before, command, _, _ = case
    given(FUNDING, *until(before)).when(command, by=actor(Role.ADMIN)).refused(NotYourStepError)


@pytest.mark.parametrize("case", CHAIN[1:5] + CHAIN[6:], ids=names)
def test_nobody_takes_two_steps(case: tuple[str, Command, Actor, str]) -> None:
    """The asker, with whatever role, takes no other step."""
    before, command, by, _ = case
    same = Actor(ASKER.sub, by.role)
    given(FUNDING, *until(before)).when(command, by=same).refused(SecondStepError)


def test_nobody_approves_twice() -> None:
    """The second approver is another person."""
    first = of_funding(care.FundingApproved, amount=LARGE, level=1, final=False, by=APPROVER.sub)
    past = [*until("reviewed", LARGE), first]
    given(FUNDING, *past).when(approve(LARGE), by=APPROVER).refused(SecondStepError)
    given(FUNDING, *past).when(approve(LARGE), by=SECOND_APPROVER).then(
        of_funding(care.FundingApproved, amount=LARGE, level=2, final=True, by=SECOND_APPROVER.sub),
        of_funding(care.FundsReserved, budget=BUDGET_ID, amount=LARGE),
    )


def test_up_to_the_threshold_one_approver_is_enough() -> None:
    """The money is reserved with the yes."""
    given(FUNDING, *until("reviewed")).when(approve(), by=APPROVER).then(STEPS["approved"], STEPS["reserved"])
    at_threshold = until("reviewed", 80_000)
    given(FUNDING, *at_threshold).when(approve(80_000), by=APPROVER).then(
        care.FundingApproved, care.FundsReserved
    )


def test_above_the_threshold_the_first_yes_reserves_nothing() -> None:
    """It waits for the second approver."""
    first = of_funding(care.FundingApproved, amount=LARGE, level=1, final=False, by=APPROVER.sub)
    given(FUNDING, *until("reviewed", LARGE)).when(approve(LARGE), by=APPROVER).then(first)


def test_nobody_adds_to_an_amount() -> None:
    """The reviewer keeps to what was asked, the approver to what was recommended."""
    more = ReviewFunding(amount=SMALL + 1)
    given(FUNDING, *until("confirmed")).when(more, by=REVIEWER).refused(TooMuchError)
    given(FUNDING, *until("reviewed")).when(approve(SMALL + 1), by=APPROVER).refused(TooMuchError)


def test_nothing_is_submitted_without_evidence() -> None:
    """Only an emergency brings it afterwards."""
    given(FUNDING, STEPS["drafted"]).when(SubmitFunding(), by=ASKER).refused(EvidenceMissingError)


def test_an_emergency_goes_to_two_approvers_at_once() -> None:
    """No verification, no unit, no review; even a small amount takes two."""
    steps = chain(emergency=True)
    past = [steps["drafted"]]
    given(FUNDING, *past).when(SubmitFunding(), by=ASKER).then(steps["submitted"])
    past.append(steps["submitted"])
    given(FUNDING, *past).when(VerifyFunding(), by=SECRETARY).refused(WrongStepError)
    first = of_funding(care.FundingApproved, amount=SMALL, level=1, final=False, by=APPROVER.sub)
    given(FUNDING, *past).when(approve(), by=APPROVER).then(first)
    given(FUNDING, *past, first).when(approve(), by=SECOND_APPROVER).then(
        care.FundingApproved, care.FundsReserved
    )


def test_an_emergency_closes_only_with_its_evidence() -> None:
    """Afterwards, but before the end."""
    steps = chain(emergency=True)
    past = [steps[name] for name in ("drafted", "submitted", "reserved", "disbursed", "receipt")]
    given(FUNDING, *past).when(CloseFunding(), by=CLOSER).refused(EvidenceMissingError)
    given(FUNDING, *past, EVIDENCE).when(CloseFunding(), by=CLOSER).then(STEPS["closed"])


def test_evidence_is_attached_once() -> None:
    """The same file again is fine and says nothing new."""
    attach = AttachEvidence(sha256="a" * 64, size=1000, media_type="application/pdf", label="证明")
    given(FUNDING, STEPS["drafted"]).when(attach, by=ASKER).then(EVIDENCE)
    given(FUNDING, STEPS["drafted"], EVIDENCE).when(attach, by=ASKER).then()


def test_a_returned_case_is_submitted_again() -> None:
    """It goes the whole way once more."""
    returned = of_funding(care.ReturnedForEvidence, missing="收入证明", step="review", by=REVIEWER.sub)
    given(FUNDING, *until("confirmed")).when(ReturnForEvidence(missing="收入证明"), by=REVIEWER).then(
        returned
    )
    given(FUNDING, *until("confirmed"), returned).when(SubmitFunding(), by=ASKER).then(STEPS["submitted"])


def test_a_return_frees_nobody() -> None:
    """Who took a step before the return may take it again, and no other."""
    returned = of_funding(care.ReturnedForEvidence, missing="收入证明", step="review", by=REVIEWER.sub)
    past = [*until("confirmed"), returned, STEPS["submitted"]]
    given(FUNDING, *past).when(VerifyFunding(), by=SECRETARY).then(STEPS["verified"])
    liaison_as_secretary = Actor(LIAISON.sub, Role.SECRETARY.value)
    given(FUNDING, *past).when(VerifyFunding(), by=liaison_as_secretary).refused(SecondStepError)


@pytest.mark.parametrize(
    ("state", "by"),
    [
        ("submitted", SECRETARY),
        ("verified", REVIEWER),
        ("confirmed", REVIEWER),
        ("reviewed", APPROVER),
    ],
)
def test_whose_turn_it_is_may_send_back_or_reject(state: str, by: Actor) -> None:
    """While the unit is asked, the bureau's reviewer may."""
    given(FUNDING, *until(state)).when(RejectFunding(reason="不符合条件"), by=by).then(care.FundingRejected)
    given(FUNDING, *until(state)).when(ReturnForEvidence(missing="证明"), by=by).then(
        care.ReturnedForEvidence
    )


def test_others_may_neither_send_back_nor_reject() -> None:
    """A reviewer waits for the verification, and nobody rejects what is reserved."""
    reject = RejectFunding(reason="不符合条件")
    given(FUNDING, *until("submitted")).when(reject, by=REVIEWER).refused(NotYourStepError)
    given(FUNDING, *until("reserved")).when(reject, by=APPROVER).refused(WrongStepError)
    given(FUNDING, *until("submitted")).when(
        ReturnForEvidence(missing="证明"), by=Actor(ASKER.sub, Role.SECRETARY.value)
    ).refused(SecondStepError)


def test_an_ended_case_takes_nothing_more() -> None:
    """Draft a new one."""
    for end in (
        of_funding(care.FundingRejected, step="verify", reason="不符合条件"),
        of_funding(care.FundingWithdrawn, reason="不再需要"),
        of_funding(care.FundingLapsed, reason="deceased"),
    ):
        past = [*until("submitted"), end]
        given(FUNDING, *past).when(VerifyFunding(), by=SECRETARY).refused(FundingOverError)
        given(FUNDING, *past).when(WithdrawFunding(reason="不再需要"), by=ASKER).refused(FundingOverError)


def test_a_case_is_withdrawn_until_it_is_paid() -> None:
    """Paid money is reversed instead."""
    withdraw = WithdrawFunding(reason="不再需要")
    given(FUNDING, *until("reserved")).when(withdraw, by=ASKER).then(care.FundingWithdrawn)
    given(FUNDING, *until("disbursed")).when(withdraw, by=ASKER).refused(WrongStepError)
    given(FUNDING, *until("closed")).when(withdraw, by=ASKER).refused(FundingOverError)


def test_paid_money_comes_back_by_another_payer() -> None:
    """All of it, or a part, never more."""
    reverse = ReverseFunding(reason="重复支付")
    back = of_funding(care.FundingReversed, amount=SMALL, reason="重复支付", by=SECOND_PAYER.sub)
    for state in ("disbursed", "receipt", "closed"):
        given(FUNDING, *until(state)).when(reverse, by=SECOND_PAYER).then(back)
    given(FUNDING, *until("disbursed")).when(reverse, by=PAYER).refused(SecondStepError)
    given(FUNDING, *until("reserved")).when(reverse, by=SECOND_PAYER).refused(WrongStepError)
    more = ReverseFunding(amount=SMALL + 1, reason="重复支付")
    given(FUNDING, *until("disbursed")).when(more, by=SECOND_PAYER).refused(TooMuchError)


def test_a_relative_takes_no_step() -> None:
    """Declared once, for good."""
    recused = of_funding(care.FundingRecused, account=SECRETARY.sub, reason="亲属")
    given(FUNDING, *until("submitted")).when(
        RecuseFromFunding(account=SECRETARY.sub, reason="亲属"), by=REVIEWER
    ).then(recused)
    past = [*until("submitted"), recused]
    given(FUNDING, *past).when(VerifyFunding(), by=SECRETARY).refused(RecusedHereError)
    given(FUNDING, *past).when(RecuseFromFunding(account=SECRETARY.sub)).then()


def test_what_is_not_paid_lapses_and_what_is_paid_does_not() -> None:
    """The year's end, too long a wait, or a death."""
    lapse = LapseFunding(reason="year_ended")
    for state in ("drafted", "submitted", "reviewed", "reserved"):
        given(FUNDING, *until(state)).when(lapse).then(of_funding(care.FundingLapsed, reason="year_ended"))
    for state in ("disbursed", "receipt", "closed"):
        given(FUNDING, *until(state)).when(lapse).then()


def test_a_late_step_is_told_while_it_is_awaited() -> None:
    """A deadline of a step that was taken meanwhile says nothing."""
    note = NoteLateStep(step="verify", level="late", due=NOON)
    late = of_funding(care.FundingStepLate, step="verify", level="late", due=NOON)
    given(FUNDING, *until("submitted")).when(note).then(late)
    given(FUNDING, *until("verified")).when(note).then()


def test_the_family_confirms_the_receipt() -> None:
    """Or the community records it, even who verified; but not who asked."""
    receipt = ConfirmReceipt(confirmed_by="女儿")
    given(FUNDING, *until("disbursed")).when(receipt, by=actor(Role.FAMILY)).then(care.ReceiptConfirmed)
    asker = Actor(ASKER.sub, Role.SECRETARY.value)
    given(FUNDING, *until("disbursed")).when(receipt, by=asker).refused(SecondStepError)


def test_a_case_tells_why_somebody_may_not_go_on() -> None:
    """The step they took, their role, or that they are recused."""
    funding = FUNDING.fold(until("verified"))
    assert funding is not None
    step = next_of(funding)
    assert step is not None
    assert barred(funding.facts, step, LIAISON) == ""
    assert barred(funding.facts, step, PAYER) == "role"
    assert barred(funding.facts, step, Actor(SECRETARY.sub, Role.UNIT_LIAISON.value)) == "verify"


def test_a_case_that_was_never_drafted_takes_no_command() -> None:
    """A timer of a case that is not there does nothing."""
    past: list[Event] = []
    given(FUNDING, *past).when(LapseFunding(reason="deceased")).then()
