"""Care while it runs: its API, reactions and timers, with the words of intake and matching told to it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter

from deploy.postgres import EmbeddedPostgres
from services.care.domain.budget import budget_of
from services.care.domain.visit import visit_of
from services.care.service import SERVICE
from shared import ids
from shared.bus.envelope import Actor
from shared.contracts import care, intake, matching
from shared.contracts.event import Event
from shared.contracts.values import (
    CancelReason,
    Category,
    Details,
    Flag,
    HelperKind,
    ReopenReason,
    Sex,
    Slot,
    Standing,
    Urgency,
    Validity,
)
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.roles import Role
from shared.service import Definition
from tests.harness import City, Client, running_city

API = "/care/api/v1"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
UNIT = "第一中学"
HERE, ELSEWHERE = uuid4(), uuid4()


def _later(_: Any, event: Event) -> Event:
    return event


def _nothing(*_: Any) -> list[Event]:
    return []


@pytest.fixture
async def city(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    """Care, with an intake and a matching that only say what a test tells them to."""
    others = [Definition(name, name, APIRouter()) for name in ("intake", "matching")]
    async with running_city(postgres.superuser_dsn, tmp_path, [*others, SERVICE]) as running:
        yield running


async def tell(city: City, about: UUID, *events: Event) -> None:
    """The service that owns these events says them, and they have their effect."""
    service = events[0].NAME.partition(".")[0]
    store = city.store(service)
    work = Work(store, Actor("system:test", "system"))
    await work.record(Decider(f"told-{service}", "told", _later, _nothing), about, events)
    await store.commit(work)
    await city.settle()


def slot(city: City, hours: float = 2) -> Slot:
    """An hour that begins in so many hours."""
    start = city.clock.now() + timedelta(hours=hours)
    return Slot(start=start, end=start + timedelta(hours=1))


def fresh(city: City) -> UUID:
    """A new id."""
    return ids.draw(city.clock.now())


async def cadre(city: City, *flags: Flag, category: Category = Category.TUIXIU) -> UUID:
    """A cadre whom intake has registered, with these hardships."""
    person = fresh(city)
    day = date(2026, 1, 1)
    standing = Standing(category=category, sex=Sex.FEMALE, managing_unit=UNIT)
    events: list[Event] = [
        intake.CadreRegistered(
            cadre=person, community=HERE, standing=standing, details=Details(name="王秀兰"), valid_from=day
        )
    ]
    events += [
        intake.HardshipAssessed(
            cadre=person,
            community=HERE,
            assessment=fresh(city),
            flag=flag,
            assessor="社区",
            validity=Validity(valid_from=day, valid_to=date(2026, 12, 31)),
        )
        for flag in flags
    ]
    await tell(city, person, *events)
    return person


class Assigned:
    """A request whose helper was assigned, and the helper's client."""

    def __init__(self, city: City, person: UUID) -> None:
        """Nothing is told yet."""
        self.city, self.cadre = city, person
        self.request, self.helper, self.booking = fresh(city), fresh(city), fresh(city)
        self.worker = city.client(Role.CARE_WORKER, helper=self.helper, communities=[])

    @property
    def visit(self) -> UUID:
        """The visit of the booking."""
        return visit_of(self.booking)

    def event(self, *, hours: float = 2, round_: int = 1) -> matching.HelperAssigned:
        """Matching's word."""
        return matching.HelperAssigned(
            request=self.request,
            cadre=self.cadre,
            community=HERE,
            helper=self.helper,
            helper_kind=HelperKind.STAFF,
            booking=self.booking,
            service="cleaning",
            urgency=Urgency.ROUTINE,
            slot=slot(self.city, hours),
            round=round_,
            side=None,
        )

    async def state(self) -> tuple[str, str]:
        """Of the case and of the visit."""
        found = await self.city.client(Role.OPERATOR).read(f"{API}/cases/{self.request}")
        return found["state"], next(v["state"] for v in found["visits"] if v["visit"] == str(self.visit))


async def assigned(city: City, *flags: Flag, hours: float = 2) -> Assigned:
    """A registered cadre with an open case."""
    case = Assigned(city, await cadre(city, *flags))
    await tell(city, case.request, case.event(hours=hours))
    return case


async def of_type(city: City, kind: type[Event]) -> list[Any]:
    """Care's events of a type."""
    return [event for event in await city.events("care") if isinstance(event, kind)]


async def test_a_visit_is_done_and_the_callback_closes(city: City) -> None:
    """Assigned, begun, done, reported, closed by the callback alone."""
    case = await assigned(city)
    assert await case.state() == ("Open", "Scheduled")
    await case.worker.done(f"{API}/visits/{case.visit}/begin")
    done = await case.worker.done(
        f"{API}/visits/{case.visit}/complete", {"minutes": 55, "outcome": "已打扫", "medical": "血压偏高"}
    )
    await city.settle()
    assert await case.state() == ("Reported", "Done")
    assert done["version"] == 3
    closed = intake.RequestClosed(request=case.request, cadre=case.cadre, by_callback=True)
    await tell(city, case.request, closed)
    assert await case.state() == ("Closed", "Done")
    again = intake.RequestReopened(
        request=case.request, cadre=case.cadre, reason=ReopenReason.UNSOLVED, round=2
    )
    await tell(city, case.request, again)
    assert await case.state() == ("Unassigned", "Done")


async def test_medical_notes_are_for_those_who_may(city: City) -> None:
    """The clinic's side, not the coordinator's; the family's only when the cadre agrees."""
    case = await assigned(city)
    await case.worker.done(
        f"{API}/visits/{case.visit}/complete", {"minutes": 5, "outcome": "看望", "medical": "血压偏高"}
    )
    await city.settle()
    family = city.client(Role.FAMILY, cadre=case.cadre, communities=[])

    async def seen(client: Client) -> Any:
        found = await client.read(f"{API}/cases/{case.request}")
        return found["visits"][0].get("medical")

    assert await seen(city.client(Role.SECRETARY, communities=[HERE])) == "血压偏高"
    assert await seen(case.worker) == "血压偏高"
    assert await seen(city.client(Role.COORDINATOR, communities=[HERE])) is None
    assert await seen(family) is None
    await tell(city, case.cadre, intake.ConsentRecorded(cadre=case.cadre, family_reads_medical=True))
    assert await seen(family) == "血压偏高"


async def test_no_answer_at_a_frail_cadres_raises_a_check(city: City) -> None:
    """Somebody who lives alone; for others the visit waits on the coordinator's list."""
    frail, other = await assigned(city, Flag.LIVING_ALONE), await assigned(city, Flag.EMPTY_NEST)
    for case in (frail, other):
        await case.worker.done(f"{API}/visits/{case.visit}/no-answer", {"note": "敲门无人应"})
    await city.settle()
    assert [check.cadre for check in await of_type(city, care.WelfareCheckRaised)] == [frail.cadre]
    coordinator = city.client(Role.COORDINATOR, communities=[HERE])
    waiting = await coordinator.read(f"{API}/visits", which="waiting")
    assert {item["visit"] for item in waiting["items"]} == {str(frail.visit), str(other.visit)}


async def test_another_try_is_asked_of_matching_while_the_case_is_open(city: City) -> None:
    """The visit is scheduled again when matching could book it; not for a case that has ended."""
    case = await assigned(city)
    coordinator = city.client(Role.COORDINATOR, communities=[HERE])
    await case.worker.done(f"{API}/visits/{case.visit}/no-answer")
    later = slot(city, 24)
    body = {"slot": later.model_dump(mode="json"), "reason": "改天再来"}
    await coordinator.done(f"{API}/visits/{case.visit}/again", body)
    answer = matching.BookingMoved(
        helper=case.helper,
        booking=case.booking,
        request=case.request,
        cadre=case.cadre,
        visit=case.visit,
        slot=later,
    )
    await tell(city, case.helper, answer)
    assert await case.state() == ("Open", "Scheduled")
    await city.advance(days=1)
    await case.worker.done(f"{API}/visits/{case.visit}/no-answer")
    gone = intake.RequestCancelled(request=case.request, cadre=case.cadre, reason=CancelReason.UNREACHABLE)
    await tell(city, case.request, gone)
    assert (await coordinator.command(f"{API}/visits/{case.visit}/again", body)).status_code == 409
    assert await case.state() == ("Closed", "NoAnswer")


async def test_helpers_see_their_own_visits_only(city: City) -> None:
    """Mine today, and nobody else's; another's visit is not there for me."""
    mine, others = await assigned(city), await assigned(city, hours=3)
    found = await mine.worker.read(f"{API}/visits", which="today")
    assert [item["visit"] for item in found["items"]] == [str(mine.visit)]
    answer = await mine.worker.command(f"{API}/visits/{others.visit}/begin")
    assert answer.status_code == 404
    assert (await mine.worker.get(f"{API}/cases/{others.request}")).status_code == 404
    outside = city.client(Role.COORDINATOR, communities=[ELSEWHERE])
    assert (await outside.read(f"{API}/visits"))["items"] == []
    assert (await outside.get(f"{API}/cases/{mine.request}")).status_code == 403


async def test_lists_go_on_behind_their_cursor(city: City) -> None:
    """Page by page, each visit once."""
    for hours in (1, 2, 3):
        await assigned(city, hours=hours)
    operator = city.client(Role.OPERATOR)
    first = await operator.read(f"{API}/visits", limit=2)
    second = await operator.read(f"{API}/visits", limit=2, cursor=first["next"])
    seen = [item["visit"] for item in first["items"] + second["items"]]
    assert (len(seen), len(set(seen)), second["next"]) == (3, 3, "")
    assert (await operator.get(f"{API}/visits", params={"cursor": "WyJhIiwiYiJd"})).status_code == 422


async def test_a_silent_slot_becomes_a_missed_visit(city: City) -> None:
    """Half an hour after its end, by the timer; nobody has the case then."""
    case = await assigned(city)
    await city.advance(hours=3, minutes=29)
    assert await case.state() == ("Open", "Scheduled")
    await city.advance(minutes=2)
    assert await case.state() == ("Unassigned", "Missed")


async def test_a_move_takes_effect_when_matching_says_so(city: City) -> None:
    """Asked, answered, and the timer goes with the new time."""
    case = await assigned(city)
    later = slot(city, 6)
    body = {"slot": later.model_dump(mode="json"), "reason": "上午体检"}
    await case.worker.done(f"{API}/visits/{case.visit}/move", body)
    answer = matching.BookingMoved(
        helper=case.helper,
        booking=case.booking,
        request=case.request,
        cadre=case.cadre,
        visit=case.visit,
        slot=later,
    )
    await tell(city, case.helper, answer)
    await city.advance(hours=5)
    assert await case.state() == ("Open", "Scheduled")
    await city.advance(hours=3)
    assert await case.state() == ("Unassigned", "Missed")


async def test_a_withdrawal_before_its_assignment_opens_no_case(city: City) -> None:
    """Withdrawn × assigned: intake's word comes first, matching's later."""
    case = Assigned(city, await cadre(city))
    gone = intake.RequestCancelled(
        request=case.request, cadre=case.cadre, reason=CancelReason.SERVED_ELSEWHERE
    )
    await tell(city, case.request, gone)
    await tell(city, case.request, case.event())
    assert await of_type(city, care.CaseOpened) == []


async def test_a_withdrawal_after_its_assignment_cancels_the_visit(city: City) -> None:
    """Nobody comes, and the case is closed."""
    case = await assigned(city)
    gone = intake.RequestCancelled(
        request=case.request, cadre=case.cadre, reason=CancelReason.SERVED_ELSEWHERE
    )
    await tell(city, case.request, gone)
    assert await case.state() == ("Closed", "Cancelled")


async def test_the_new_community_looks_after_a_cadre_who_moved(city: City) -> None:
    """Moved × scope: the list and the permission go with the cadre."""
    case = await assigned(city)
    moved = intake.CadreMoved(
        cadre=case.cadre, left=HERE, community=ELSEWHERE, residence=None, valid_from=date(2026, 6, 1)
    )
    await tell(city, case.cadre, moved)
    await city.advance(hours=2, minutes=10)
    body = {"reason": "没有来"}
    old, new = (city.client(Role.SECRETARY, communities=[where]) for where in (HERE, ELSEWHERE))
    assert (await old.command(f"{API}/visits/{case.visit}/miss", body)).status_code == 403
    await new.done(f"{API}/visits/{case.visit}/miss", body)
    await city.settle()
    assert await case.state() == ("Unassigned", "Missed")


class Chain:
    """People of a funding chain, each another account, and a case to ask money for."""

    def __init__(self, city: City, case: Assigned) -> None:
        """One client a role."""
        self.city, self.case = city, case
        self.secretary = city.client(Role.SECRETARY, communities=[HERE])
        self.liaison = city.client(Role.UNIT_LIAISON, unit=UNIT, communities=[])
        self.reviewer, self.closer = city.client(Role.REVIEWER), city.client(Role.REVIEWER)
        self.approver, self.second = city.client(Role.APPROVER), city.client(Role.APPROVER)
        self.payer, self.admin = city.client(Role.PAYER), city.client(Role.ADMIN)

    async def budget(self, amount: int, threshold: int = 80_000) -> UUID:
        """This year's, opened."""
        body = {
            "fund": "hardship",
            "title": "帮困资金",
            "year": 2026,
            "amount": amount,
            "threshold": threshold,
        }
        await self.admin.done(f"{API}/budgets", body)
        return budget_of("hardship", 2026)

    async def draft(self, amount: int, *, emergency: bool = False) -> str:
        """A case that is drafted by the helper; gives its path."""
        body = {
            "request": str(self.case.request),
            "fund": "hardship",
            "amount": amount,
            "purpose": "冬季取暖",
            "emergency": emergency,
        }
        made = await self.case.worker.done(f"{API}/fundings", body)
        await self.city.settle()
        return f"{API}/fundings/{made['id']}"

    async def attach(self, path: str, content: bytes = PDF, kind: str = "application/pdf") -> Any:
        """Upload a file as the body."""
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": kind}
        return await self.case.worker.post(f"{path}/evidence?label=收入", content=content, headers=headers)

    async def reviewed(self, amount: int) -> str:
        """A case that waits for its approver; gives its path."""
        path = await self.draft(amount)
        assert (await self.attach(path)).is_success
        await self.case.worker.done(f"{path}/submit")
        await self.secretary.done(f"{path}/verify")
        await self.liaison.done(f"{path}/confirm")
        await self.reviewer.done(f"{path}/review", {"amount": amount})
        return path

    async def money(self) -> tuple[int, int, int, int]:
        """Reserved, spent, returned, free."""
        await self.city.settle()
        row = await self.payer.read(f"{API}/budgets/{budget_of('hardship', 2026)}")
        return row["reserved"], row["spent"], row["returned"], row["free"]


@pytest.fixture
async def chain(city: City) -> Chain:
    """A chain for an open case."""
    return Chain(city, await assigned(city))


async def test_the_whole_chain_by_different_persons(chain: Chain) -> None:
    """From the draft to the close, the money reserved, spent and shown, each step with its person."""
    await chain.budget(100_000)
    path = await chain.reviewed(50_000)
    await chain.approver.done(f"{path}/approve", {"amount": 50_000})
    assert await chain.money() == (50_000, 0, 0, 50_000)
    await chain.payer.done(f"{path}/disburse", {"reference": "P-1"})
    family = chain.city.client(Role.FAMILY, cadre=chain.case.cadre, communities=[])
    await family.done(f"{path}/receipt", {"confirmed_by": "女儿"})
    await chain.closer.done(f"{path}/close")
    assert await chain.money() == (0, 50_000, 0, 50_000)
    shown = await chain.payer.read(path)
    assert (shown["state"], shown["next"], len(shown["taken"])) == ("Closed", None, 8)
    assert len({taken["by"] for taken in shown["taken"]}) == 8
    await chain.city.client(Role.PAYER).done(f"{path}/reverse", {"reason": "重复支付"})
    assert await chain.money() == (0, 50_000, 50_000, 100_000)


async def test_the_same_person_twice_is_refused(chain: Chain) -> None:
    """One account with two roles takes one step; the case says why."""
    await chain.budget(100_000)
    path = await chain.draft(50_000)
    await chain.attach(path)
    both = {"sub": str(uuid4())}
    asker = chain.city.client(Role.COORDINATOR, communities=[HERE], **both)
    secretary = chain.city.client(Role.SECRETARY, communities=[HERE], **both)
    await asker.done(f"{path}/submit")
    refused = await secretary.command(f"{path}/verify")
    assert refused.status_code == 403
    assert "SecondStep" in refused.json()["type"]
    await chain.city.settle()
    shown = await secretary.read(path)
    assert (shown["next"]["step"], shown["next"]["you_may"], shown["next"]["why_not"]) == (
        "verify",
        False,
        "submit",
    )


async def test_two_approvals_at_the_same_instant_cannot_overspend(chain: Chain) -> None:
    """Eight approvers, each for another case of 300 yuan, against a budget of 1,000: three go through."""
    await chain.budget(100_000)
    paths = [await chain.reviewed(30_000) for _ in range(8)]
    approvers = [chain.city.client(Role.APPROVER) for _ in paths]
    answers = await asyncio.gather(
        *(
            one.command(f"{path}/approve", {"amount": 30_000})
            for one, path in zip(approvers, paths, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 5
    assert {answer.json()["type"].rpartition(":")[2] for answer in answers if not answer.is_success} == {
        "BudgetExceeded"
    }
    assert await chain.money() == (90_000, 0, 0, 10_000)


async def test_an_emergency_takes_two_approvers_and_evidence_afterwards(chain: Chain) -> None:
    """No verification; the same approver twice is refused; it closes only with a file."""
    await chain.budget(100_000)
    path = await chain.draft(20_000, emergency=True)
    await chain.case.worker.done(f"{path}/submit")
    await chain.approver.done(f"{path}/approve", {"amount": 20_000})
    assert (await chain.approver.command(f"{path}/approve", {"amount": 20_000})).status_code == 403
    await chain.second.done(f"{path}/approve", {"amount": 20_000})
    await chain.payer.done(f"{path}/disburse", {"reference": "P-2"})
    await chain.secretary.done(f"{path}/receipt", {"confirmed_by": "本人"})
    assert (await chain.closer.command(f"{path}/close")).status_code == 409
    assert (await chain.attach(path)).is_success
    await chain.closer.done(f"{path}/close")


async def test_a_death_releases_the_reserved_money(chain: Chain) -> None:
    """Deceased × reserved money: the grant lapses at once; nobody comes, as the request is cancelled."""
    await chain.budget(100_000)
    path = await chain.reviewed(50_000)
    await chain.approver.done(f"{path}/approve", {"amount": 50_000})
    await chain.city.settle()
    died = intake.CadreDeceased(cadre=chain.case.cadre, on=date(2026, 6, 1))
    await tell(chain.city, chain.case.cadre, died)
    assert await chain.money() == (0, 0, 0, 100_000)
    assert (await chain.payer.read(path))["state"] == "Lapsed"
    request, person = chain.case.request, chain.case.cadre
    gone = intake.RequestCancelled(request=request, cadre=person, reason=CancelReason.DECEASED)
    await tell(chain.city, request, gone)
    assert await chain.case.state() == ("Closed", "Cancelled")
    late = await chain.payer.command(f"{path}/disburse", {"reference": "P-3"})
    assert late.status_code == 409


async def test_a_case_nobody_works_on_lapses(chain: Chain) -> None:
    """After sixty days without a step; a step starts the wait anew."""
    path = await chain.draft(50_000)
    await chain.city.advance(days=40)
    await chain.attach(path)
    await chain.city.settle()
    await chain.city.advance(days=40)
    assert (await chain.payer.read(path))["state"] == "Drafted"
    await chain.city.advance(days=21)
    assert (await chain.payer.read(path))["state"] == "Lapsed"


async def test_reserved_money_lapses_with_the_year(chain: Chain) -> None:
    """On New Year's Day in Shanghai the old budget holds nothing any more."""
    await chain.city.advance(days=200)
    chain.case = await assigned(chain.city)
    await chain.budget(100_000)
    path = await chain.reviewed(50_000)
    await chain.approver.done(f"{path}/approve", {"amount": 50_000})
    assert await chain.money() == (50_000, 0, 0, 50_000)
    await chain.city.advance(days=20)
    assert await chain.money() == (0, 0, 0, 100_000)
    assert (await chain.payer.read(path))["remark"] == "year_ended"


async def test_a_late_verification_is_told_level_by_level(chain: Chain) -> None:
    """Three working days: warned, late, urged, supervised."""
    path = await chain.draft(50_000)
    await chain.attach(path)
    await chain.case.worker.done(f"{path}/submit")
    await chain.city.settle()
    await chain.city.advance(days=14)
    levels = [late.level for late in await of_type(chain.city, care.FundingStepLate)]
    assert levels == ["warned", "late", "urged", "supervised"]


async def test_evidence_comes_back_as_it_went(chain: Chain, tmp_path: Path) -> None:
    """Encrypted on the disk, the same file for those who may, hash and size in the event."""
    path = await chain.draft(50_000)
    answers = [await chain.attach(path), await chain.attach(path)]
    assert all(answer.is_success for answer in answers)
    await chain.city.settle()
    sha256 = hashlib.sha256(PDF).hexdigest()
    attached = await of_type(chain.city, care.EvidenceAttached)
    assert [(one.sha256, one.size, one.media_type) for one in attached] == [
        (sha256, len(PDF), "application/pdf")
    ]
    stored = tmp_path / str(chain.case.cadre) / sha256
    assert b"%PDF" not in stored.read_bytes()
    back = await chain.secretary.get(f"{path}/evidence/{sha256}")
    assert (back.content, back.headers["content-type"]) == (PDF, "application/pdf")
    assert (await chain.case.worker.get(f"{path}/evidence/{sha256}")).status_code == 403


async def test_tampered_evidence_is_detected(chain: Chain, tmp_path: Path) -> None:
    """One bit on the disk, or the file gone: refused, never given out."""
    path = await chain.draft(50_000)
    await chain.attach(path)
    await chain.city.settle()
    sha256 = hashlib.sha256(PDF).hexdigest()
    stored = tmp_path / str(chain.case.cadre) / sha256
    content = bytearray(stored.read_bytes())
    content[100] ^= 1
    stored.write_bytes(content)
    answer = await chain.secretary.get(f"{path}/evidence/{sha256}")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:jiujin:problem:EvidenceDamaged")
    stored.unlink()
    assert (await chain.secretary.get(f"{path}/evidence/{sha256}")).status_code == 409


async def test_only_files_of_a_known_kind_and_size_are_taken(chain: Chain) -> None:
    """By their first bytes, whatever they are said to be; nothing above 5 MB, nothing empty."""
    path = await chain.draft(50_000)
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)
    refused = [
        await chain.attach(path, b"MZ" + bytes(100)),
        await chain.attach(path, png, "application/pdf"),
        await chain.attach(path, PDF + bytes(5 * 1024 * 1024)),
        await chain.attach(path, b""),
    ]
    assert [answer.status_code for answer in refused] == [422] * 4
    assert (await chain.attach(path, png, "image/png")).is_success


async def test_a_form_brings_its_file_and_label(chain: Chain) -> None:
    """As a browser sends it; a label that is too long is refused."""
    path = await chain.draft(50_000)

    async def send(label: str) -> Any:
        return await chain.case.worker.post(
            f"{path}/evidence",
            files={"file": ("a.pdf", PDF, "application/pdf")},
            data={"label": label},
            headers={"Idempotency-Key": str(uuid4())},
        )

    assert (await send("长" * 121)).status_code == 422
    assert (await send("收入证明")).is_success
    await chain.city.settle()
    assert [one.label for one in await of_type(chain.city, care.EvidenceAttached)] == ["收入证明"]


async def test_a_plan_raises_its_visits_and_rests_in_hospital(city: City) -> None:
    """Weekly for high risk, two days ahead; none while in hospital; within a day of coming back."""
    person = await cadre(city)
    secretary = city.client(Role.SECRETARY, communities=[HERE])
    made = await secretary.done(f"{API}/plans", {"cadre": str(person), "risk": "high", "note": "术后"})
    await secretary.done(f"{API}/plans/{made['id']}/activate")
    await city.settle()
    await city.advance(days=15)
    assert len(await of_type(city, care.PlannedVisitDue)) == 2
    await tell(city, person, intake.CadreAdmitted(cadre=person, hospital="市医院"))
    await city.advance(days=15)
    assert len(await of_type(city, care.PlannedVisitDue)) == 2
    await tell(city, person, intake.CadreDischarged(cadre=person))
    due = await of_type(city, care.PlannedVisitDue)
    assert len(due) == 3
    assert due[-1].slot.start <= city.clock.now() + timedelta(days=1)
    await city.advance(days=180)
    shown = await secretary.read(f"{API}/plans/{made['id']}")
    assert (shown["state"], shown["medical"]) == ("ReviewDue", "术后")


async def test_budgets_are_imported_again_without_effect(city: City) -> None:
    """Created, then unchanged, then changed."""
    admin = city.client(Role.ADMIN)
    row = {"fund": "hardship", "title": "帮困资金", "year": 2026, "amount": 100_000}

    async def bring(amount: int) -> str:
        answer = await admin.done(f"{API}/budgets/import", {"items": [{**row, "amount": amount}]})
        return str(answer["found"][0]["outcome"])

    assert [await bring(amount) for amount in (100_000, 100_000, 120_000)] == [
        "created",
        "unchanged",
        "changed",
    ]
    await city.settle()
    listed = await admin.read(f"{API}/budgets", year=2026)
    assert [item["amount"] for item in listed["items"]] == [120_000]
