"""What tests of care tell: people, events and commands with sensible values."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.care.domain.budget import budget_of
from services.care.domain.case import AssignCase
from services.care.domain.funding_commands import DraftOfCase
from services.care.domain.visit import visit_of
from shared.bus.envelope import Actor
from shared.contracts import care
from shared.contracts.event import Event
from shared.contracts.values import Slot, Urgency
from shared.roles import Role
from tests.unit.given import ITSELF, NOON


def numbered(number: int) -> UUID:
    """An id in the shape of the house, for a test."""
    return UUID(f"01997000-0000-7000-8000-{number:012x}")


REQUEST, CADRE, COMMUNITY = numbered(0x10), numbered(0x20), numbered(0x30)
HELPER, OTHER_HELPER, BOOKING = numbered(0x40), numbered(0x41), numbered(0x50)
VISIT = visit_of(BOOKING)
SLOT = Slot(start=NOON + timedelta(hours=2), end=NOON + timedelta(hours=3))
LATER = Slot(start=NOON + timedelta(days=1), end=NOON + timedelta(days=1, hours=1))
AFTER = SLOT.end + timedelta(minutes=30)
BUDGET_ID = budget_of("hardship", 2026)


def actor(role: Role, name: str = "") -> Actor:
    """Somebody of this role."""
    return Actor(name or f"the-{role.value}", role.value)


def assign(**changes: Any) -> AssignCase:
    """Matching found a helper."""
    usual = {
        "request": REQUEST,
        "cadre": CADRE,
        "community": COMMUNITY,
        "helper": HELPER,
        "service": "cleaning",
        "urgency": Urgency.ROUTINE,
        "round": 1,
        "visit": VISIT,
    }
    return AssignCase(**{**usual, **changes})


def case_opened() -> care.CaseOpened:
    """The case of the request."""
    return care.CaseOpened(**assign().model_dump(exclude={"happened"}))


def visit_scheduled() -> care.VisitScheduled:
    """A visit from 14:00 to 15:00 in Shanghai."""
    return care.VisitScheduled(
        visit=VISIT,
        request=REQUEST,
        cadre=CADRE,
        community=COMMUNITY,
        helper=HELPER,
        booking=BOOKING,
        service="cleaning",
        urgency=Urgency.ROUTINE,
        slot=SLOT,
    )


def of_visit(kind: type[Event], **fields: Any) -> Event:
    """An event of that visit."""
    known = {
        "visit": VISIT,
        "request": REQUEST,
        "cadre": CADRE,
        "helper": HELPER,
        "booking": BOOKING,
        "community": COMMUNITY,
    }
    return kind(**{name: value for name, value in known.items() if name in kind.model_fields}, **fields)


def draft(amount: int = 50_000, *, emergency: bool = False) -> DraftOfCase:
    """A care worker asks for money."""
    return DraftOfCase(
        request=REQUEST,
        fund="hardship",
        amount=amount,
        purpose="冬季取暖",
        emergency=emergency,
        cadre=CADRE,
        community=COMMUNITY,
        unit="第一中学",
        helper=HELPER,
    )


def of_funding(kind: type[Event], **fields: Any) -> Event:
    """An event of the funding case."""
    return kind.model_validate({"funding": ITSELF, "request": REQUEST, "cadre": CADRE, **fields})


ASKER = actor(Role.CARE_WORKER)
SECRETARY = actor(Role.SECRETARY)
LIAISON = actor(Role.UNIT_LIAISON)
REVIEWER = actor(Role.REVIEWER)
APPROVER = actor(Role.APPROVER)
SECOND_APPROVER = actor(Role.APPROVER, "the-other-approver")
PAYER = actor(Role.PAYER)
SECOND_PAYER = actor(Role.PAYER, "the-other-payer")
CLOSER = actor(Role.REVIEWER, "the-other-reviewer")

EVIDENCE = of_funding(
    care.EvidenceAttached, sha256="a" * 64, size=1000, media_type="application/pdf", label="证明"
)


def chain(amount: int = 50_000, *, emergency: bool = False) -> dict[str, Event]:
    """The events of a case that goes through, by the state they lead to."""
    drafted = care.FundingDrafted(
        **draft(amount, emergency=emergency).model_dump(exclude={"happened"}),
        funding=ITSELF,
        year=2026,
        by=ASKER.sub,
    )
    return {
        "drafted": drafted,
        "evidence": EVIDENCE,
        "submitted": of_funding(care.FundingSubmitted, amount=amount, by=ASKER.sub),
        "verified": of_funding(care.CommunityVerified, by=SECRETARY.sub),
        "confirmed": of_funding(care.UnitConfirmed, by=LIAISON.sub),
        "reviewed": of_funding(care.BureauReviewed, amount=amount, by=REVIEWER.sub),
        "approved": of_funding(care.FundingApproved, amount=amount, level=1, final=True, by=APPROVER.sub),
        "reserved": of_funding(care.FundsReserved, budget=BUDGET_ID, amount=amount),
        "disbursed": of_funding(care.FundingDisbursed, amount=amount, reference="P-1", by=PAYER.sub),
        "receipt": of_funding(care.ReceiptConfirmed, confirmed_by="本人", by=SECRETARY.sub),
        "closed": of_funding(care.FundingClosed, by=CLOSER.sub),
    }


def until(state: str, amount: int = 50_000) -> list[Event]:
    """The events of that case up to and including the one that leads to this state."""
    events = chain(amount)
    names = list(events)
    return [events[name] for name in names[: names.index(state) + 1]]


def budget_opened(amount: int = 100_000, threshold: int = 80_000) -> care.BudgetOpened:
    """The year's budget."""
    return care.BudgetOpened(
        budget=BUDGET_ID, fund="hardship", title="帮困资金", year=2026, amount=amount, threshold=threshold
    )
