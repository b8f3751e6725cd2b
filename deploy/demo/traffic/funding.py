"""A case that needs money: from the draft to the receipt, and the ways in which it ends before that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from deploy.client import Who
from deploy.demo.traffic.desk import Told
from deploy.demo.traffic.scene import Scene
from shared.roles import Role

COURSES = {
    "granted": 58, "returned": 9, "rejected": 8, "overspending": 7, "withdrawn": 5, "emergency": 7,
    "lapses": 2, "reversed": 4,
}  # fmt: skip
PURPOSES = ("大病自费部分超出承受能力", "房屋漏雨需急修", "护理费用困难补助", "遗属生活困难补助")
BEYOND = 9_000_000_000
"""90 million yuan in fen: more than any budget of the demo holds."""
LARGE = 1_300_000
"""13,000 yuan in fen: above the usual threshold, so it takes two approvers."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
A_DAY = 24 * 60.0


@dataclass(frozen=True)
class _Case:
    """One funding case and its people, no two of whose steps are one person's."""

    scene: Scene
    course: str
    funding: str
    amount: int
    first: Who
    second: Who

    async def step(
        self, branch: str, who: Who, command: str, verb: str, body: Any = None, *, name: str = ""
    ) -> Told:
        """Take a step, within working days of the last."""
        await self.scene.pace.pause(
            self.scene.story.between(f"funding {name or verb}", 0.1 * A_DAY, 1.2 * A_DAY)
        )
        return await self.scene.does(
            branch, who, f"care.{command}", f"/fundings/{self.funding}/{verb}", body,
            step=f"funding-{name or verb}",
        )  # fmt: skip

    async def attach(self, number: int) -> None:
        """A document as evidence."""
        told = await self.scene.tell(
            self.first,
            "care.AttachEvidence",
            f"/fundings/{self.funding}/evidence?label=%E8%AF%81%E6%98%8E{number}",
            file=(PDF + f"% {self.scene.story.number} {number}\n".encode(), "application/pdf"),
            step=f"funding-evidence-{number}",
        )
        self.scene.took("evidence attached" if told.done else "evidence refused")

    def bureau(self, role: Role, number: int) -> Who:
        """Somebody of the bureau."""
        return self.scene.town.bureau(role, number)

    @property
    def liaison(self) -> Who:
        """Who confirms for the former unit."""
        return self.scene.town.liaison(self.scene.cadre.unit)


async def ask_for_money(scene: Scene, request: str) -> None:
    """Draft a case for this request and take it to its end."""
    story = scene.story
    course = story.weighted("funding", COURSES)
    random = story.random("amount")
    amount = BEYOND if course == "overspending" else random.choice((80_000, 150_000, 300_050, 520_000, LARGE))
    community = scene.cadre.community
    first, second = scene.town.secretary(community, "a"), scene.town.secretary(community, "b")
    told = await scene.does(
        "funding drafted",
        first,
        "care.DraftFunding",
        "/fundings",
        {
            "request": request,
            "fund": "yj" if course == "emergency" else "bk",
            "amount": amount,
            "purpose": story.one_of("purpose", PURPOSES),
            "emergency": course == "emergency",
        },
        step="funding",
    )
    if not told.done:
        return
    case = _Case(scene, course, told.id, amount, first, second)
    await _COURSES.get(course, _granted)(case)


async def _submitted(case: _Case) -> None:
    await case.attach(1)
    await case.step("funding submitted", case.first, "SubmitFunding", "submit")
    if case.scene.story.chance("verifies own", 0.15):
        told = await case.step(
            "two steps by one person", case.first, "VerifyFunding", "verify", name="own-verify"
        )
        if told.done:
            case.scene.desk.ledger.strange.append(f"funding {case.funding}: one person took two steps")


async def _reviewed(case: _Case) -> Told:
    await case.step("funding verified", case.second, "VerifyFunding", "verify", {"note": "情况属实"})
    await case.step("funding confirmed", case.liaison, "ConfirmByUnit", "confirm")
    return await case.step(
        "funding reviewed", case.bureau(Role.REVIEWER, 1), "ReviewFunding", "review", {"amount": case.amount}
    )


async def _paid(case: _Case) -> None:
    first, second = case.bureau(Role.APPROVER, 1), case.bureau(Role.APPROVER, 2)
    yes = {"amount": case.amount}
    await case.step("funding approved", first, "ApproveFunding", "approve", yes)
    if case.amount >= LARGE or case.course == "emergency":
        await case.step(
            "two steps by one person", first, "ApproveFunding", "approve", yes, name="own-approve"
        )
        await case.step("funding approved", second, "ApproveFunding", "approve", yes, name="approve-2")
    reference = {"reference": f"示-{case.funding[-6:]}"}
    await case.step("funding paid", case.bureau(Role.PAYER, 1), "DisburseFunding", "disburse", reference)
    by_family = case.scene.story.chance("family confirms", 0.5)
    await case.step(
        "receipt confirmed",
        case.scene.town.family(case.scene.cadre.id) if by_family else case.second,
        "ConfirmReceipt",
        "receipt",
        {"confirmed_by": "家属" if by_family else "本人"},
    )


async def _closed(case: _Case) -> None:
    await case.step("funding closed", case.bureau(Role.REVIEWER, 2), "CloseFunding", "close")


async def _granted(case: _Case) -> None:
    await _submitted(case)
    await _reviewed(case)
    await _paid(case)
    await _closed(case)


async def _returned(case: _Case) -> None:
    """Something is missing; it comes back complete."""
    await _submitted(case)
    await case.step(
        "funding returned for evidence",
        case.second,
        "ReturnForEvidence",
        "return",
        {"missing": "缺少发票原件"},
    )
    await case.attach(2)
    await case.step("funding submitted", case.first, "SubmitFunding", "submit", name="submit-2")
    await _reviewed(case)
    await _paid(case)
    await _closed(case)


async def _rejected(case: _Case) -> None:
    await _submitted(case)
    await case.step("funding verified", case.second, "VerifyFunding", "verify")
    await case.step("funding confirmed", case.liaison, "ConfirmByUnit", "confirm")
    await case.step(
        "funding rejected",
        case.bureau(Role.REVIEWER, 1),
        "RejectFunding",
        "reject",
        {"reason": "不符合帮困条件"},
    )


async def _overspending(case: _Case) -> None:
    """Each step may say yes; the budget says no."""
    await _submitted(case)
    await _reviewed(case)
    approver = case.bureau(Role.APPROVER, 1)
    await case.step("funding approved", approver, "ApproveFunding", "approve", {"amount": case.amount})
    told = await case.step(
        "overspending attempt",
        case.bureau(Role.APPROVER, 2),
        "ApproveFunding",
        "approve",
        {"amount": case.amount},
        name="approve-2",
    )
    if told.done:
        case.scene.desk.ledger.strange.append(f"funding {case.funding}: more than the budget holds")
    await case.step(
        "funding rejected",
        case.bureau(Role.APPROVER, 3),
        "RejectFunding",
        "reject",
        {"reason": "超出本年度预算"},
    )


async def _withdrawn(case: _Case) -> None:
    await _submitted(case)
    await case.step("funding verified", case.second, "VerifyFunding", "verify")
    await case.step("funding withdrawn", case.first, "WithdrawFunding", "withdraw", {"reason": "亲属已解决"})


async def _emergency(case: _Case) -> None:
    """Two approvers first, evidence afterwards."""
    await case.step("funding submitted", case.first, "SubmitFunding", "submit")
    await _paid(case)
    await case.step(
        "closed without evidence", case.bureau(Role.REVIEWER, 2), "CloseFunding", "close", name="close-early"
    )
    await case.attach(1)
    await _closed(case)


async def _lapses(case: _Case) -> None:
    """Nobody goes on with it."""
    await case.attach(1)
    case.scene.took("funding left to lapse")


async def _reversed(case: _Case) -> None:
    """It was paid, and comes back."""
    await _granted(case)
    await case.step(
        "funding reversed",
        case.bureau(Role.PAYER, 1),
        "ReverseFunding",
        "reverse",
        {"reason": "重复发放，已退回"},
    )


_COURSES: dict[str, Callable[[_Case], Awaitable[None]]] = {
    "returned": _returned,
    "rejected": _rejected,
    "overspending": _overspending,
    "withdrawn": _withdrawn,
    "emergency": _emergency,
    "lapses": _lapses,
    "reversed": _reversed,
}
