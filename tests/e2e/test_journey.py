"""One help request travels from the phone to the payment, through every service, by different people."""

from typing import Any
from uuid import UUID

from services.intake.catalogue import define_services
from services.intake.domain.community import community_id
from shared.roles import Role
from tests.harness import START, City, Client

INTAKE, MATCHING, CARE = "/intake/api/v1", "/matching/api/v1", "/care/api/v1"
UNIT = "市教育局"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class People:
    """Everybody who has a part in it."""

    def __init__(self, city: City, community: UUID) -> None:
        """Each with an account of their own."""
        own: dict[str, Any] = {"communities": [community]}
        self.operator = city.client(Role.OPERATOR)
        self.admin = city.client(Role.ADMIN)
        self.coordinator = city.client(Role.COORDINATOR, **own)
        self.secretary = city.client(Role.SECRETARY, **own)
        self.verifier = city.client(Role.SECRETARY, **own)
        self.liaison = city.client(Role.UNIT_LIAISON, unit=UNIT)
        self.reviewer = city.client(Role.REVIEWER)
        self.closer = city.client(Role.REVIEWER)
        self.approver = city.client(Role.APPROVER)
        self.payer = city.client(Role.PAYER)


async def _town(city: City) -> tuple[People, str, str, Client]:
    """A community with a cadre and a volunteer."""
    await define_services(city.store("intake"))
    community = community_id("zq")
    people = People(city, community)
    await people.admin.done(
        f"{INTAKE}/communities", {"code": "zq", "name": "站前社区", "subdistrict": "河南街道"}
    )
    cadre = await people.operator.done(
        f"{INTAKE}/cadres",
        {
            "community": str(community),
            "standing": {"category": "tuixiu", "sex": "female", "managing_unit": UNIT, "covered": True},
            "details": {"name": "张桂兰", "phones": ["+864340100188"], "address": "站前街 1 号"},
        },
    )
    helper = await people.coordinator.done(
        f"{MATCHING}/helpers",
        {
            "kind": "volunteer",
            "community": str(community),
            "association": "youth",
            "skills": [{"code": "repair"}],
            "capacity": 5,
            "profile": {"name": "李敏", "phone": "+864340100199"},
        },
    )
    await city.settle()
    return people, cadre["id"], helper["id"], city.client(Role.VOLUNTEER, helper=UUID(helper["id"]))


async def _served(city: City, people: People, cadre: str, volunteer: Client) -> str:
    """Received, triaged, matched, accepted, visited, reported."""
    received = await people.operator.done(
        f"{INTAKE}/requests",
        {"cadre": cadre, "elements": {"what": "水管漏水"}, "service": "repair", "urgency": "routine"},
    )
    request: str = received["id"]
    await city.settle()
    match = await people.coordinator.read(f"{MATCHING}/matches/{request}")
    assert match["state"] == "Offering", match
    offers = (await volunteer.read(f"{MATCHING}/offers"))["items"]
    await volunteer.done(f"{MATCHING}/matches/{request}/accept", {"offer": offers[0]["offer"]})
    await city.settle()
    visit = (await volunteer.read(f"{CARE}/visits"))["items"][0]["visit"]
    await volunteer.done(f"{CARE}/visits/{visit}/begin")
    await volunteer.done(
        f"{CARE}/visits/{visit}/complete", {"minutes": 50, "outcome": "换了水龙头", "solved": True}
    )
    await city.settle()
    return request


async def _state(people: People, request: str) -> str:
    shown = await people.operator.read(f"{INTAKE}/requests/{request}")
    return str(shown["state"])


async def test_from_the_phone_to_closed(city: City) -> None:
    """The request closes only by the callback, and each service has its part of it."""
    people, cadre, _, volunteer = await _town(city)
    request = await _served(city, people, cadre, volunteer)
    assert await _state(people, request) == "CallbackDue"
    await people.operator.done(
        f"{INTAKE}/requests/{request}/callback", {"outcome": "solved", "satisfaction": 5}
    )
    await city.settle()
    assert await _state(people, request) == "Closed"
    case = await people.operator.read(f"{CARE}/cases/{request}")
    assert case["state"] == "Closed"


async def test_from_hardship_to_payment(city: City) -> None:
    """Eight people take a step each; the budget ends with the amount spent, the request goes on."""
    people, cadre, _, volunteer = await _town(city)
    budget = await people.admin.done(
        f"{CARE}/budgets",
        {
            "fund": "hardship",
            "title": "帮困资金",
            "year": START.year,
            "amount": 1_000_000,
            "threshold": 500_000,
        },
    )
    request = await _served(city, people, cadre, volunteer)
    drafted = await people.secretary.done(
        f"{CARE}/fundings",
        {"request": request, "fund": "hardship", "amount": 120_050, "purpose": "冬季取暖有困难"},
    )
    funding = f"{CARE}/fundings/{drafted['id']}"
    await city.settle()
    assert await _state(people, request) == "Escalated"
    await _attach(people.secretary, funding)
    await people.secretary.done(f"{funding}/submit")
    refused = await people.secretary.command(f"{funding}/verify", {"note": "属实"})
    assert refused.status_code == 403, "nobody takes two steps of one case"
    await people.verifier.done(f"{funding}/verify", {"note": "属实"})
    await people.liaison.done(f"{funding}/confirm")
    await people.reviewer.done(f"{funding}/review", {"amount": 120_050})
    await city.settle()
    waiting = (await people.approver.read(f"{CARE}/fundings", step="approve"))["items"]
    assert [(one["funding"], one["you_acted"]) for one in waiting] == [(drafted["id"], False)]
    await people.approver.done(f"{funding}/approve", {"amount": 120_050})
    await city.settle()
    held = await people.payer.read(f"{CARE}/budgets/{budget['id']}")
    assert (held["reserved"], held["spent"]) == (120_050, 0)
    await people.payer.done(f"{funding}/disburse", {"reference": "2026-0001"})
    receipt_by = city.client(Role.FAMILY, cadre=UUID(cadre))
    await receipt_by.done(f"{funding}/receipt", {"confirmed_by": "family"})
    refused = await people.reviewer.command(f"{funding}/close")
    assert refused.status_code == 403, "who reviewed closes nothing"
    await people.closer.done(f"{funding}/close")
    await city.settle()
    spent = await people.payer.read(f"{CARE}/budgets/{budget['id']}")
    assert (spent["spent"], spent["reserved"]) == (120_050, 0)
    closed = await people.reviewer.read(f"{funding}")
    assert closed["state"] == "Closed", closed
    assert await _state(people, request) == "CallbackDue"


async def _attach(client: Client, funding: str) -> None:
    answer: Any = await client.post(
        f"{funding}/evidence",
        content=PDF,
        headers={"Idempotency-Key": "evidence-1", "Content-Type": "application/pdf"},
    )
    assert answer.is_success, answer.text
