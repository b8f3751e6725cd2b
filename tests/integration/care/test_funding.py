"""A grant's way through the chain and the year's budget."""

import asyncio
from datetime import date
from uuid import uuid4

from shared.contracts import care, intake
from shared.contracts.values import CancelReason
from shared.roles import Role
from tests.harness import City
from tests.integration.care.chain import Chain
from tests.integration.care.told import API, HERE, assigned, of_type, tell


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
