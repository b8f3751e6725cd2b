"""What whoever visits is told of the cadre, and for how long."""

from datetime import date
from typing import Any

from shared.contracts import intake
from shared.contracts.values import (
    Channel,
    Details,
    Elements,
    Flag,
    Guarantor,
    Party,
    Point,
    Residence,
    Validity,
    WithdrawReason,
)
from tests.harness import City
from tests.integration.care.told import API, HERE, Assigned, assigned, fresh, tell

SERVICE: Any = {
    "code": "cleaning",
    "zh": "保洁",
    "en": "cleaning",
    "skills": (),
    "helper_kinds": (),
    "urgency": "routine",
    "minutes": 60,
    "recurs": True,
}
HOME = Point.of(114.2, 36.1)
FAMILY = Guarantor(party=Party.FAMILY, name="王强", phone="+8613900000001", relation="儿子")


async def known(city: City, *flags: Flag) -> Assigned:
    """A visit of which intake has told everything."""
    case = await assigned(city, *flags)
    about: Any = {"cadre": case.cadre}
    details = Details(name="王秀兰", phones=("+8613900000002",), address="站前街 1 号", home=HOME)
    await tell(
        city,
        case.cadre,
        intake.DetailsCorrected(**about, corrects=None, standing=None, details=details, reason="补全"),
        intake.GuarantorsNamed(
            **about, guarantors=(FAMILY,), validity=Validity(valid_from=date(2026, 1, 1), valid_to=None)
        ),
    )
    asked = intake.RequestReceived(
        **about,
        request=case.request,
        community=HERE,
        covered=True,
        channel=Channel.PHONE,
        service="cleaning",
        urgency=None,
        slot=None,
        linked=None,
        likely=(),
        caller=None,
        elements=Elements(what="擦窗", where="南屋"),
    )
    await tell(city, case.request, asked, intake.ServiceDefined(**SERVICE, service=fresh(city)))
    return case


async def test_a_helper_is_told_what_it_takes(city: City) -> None:
    """Whom, where, what was asked for, who guarantees; nothing of it once the visit is over but the name."""
    case = await known(city, Flag.LIVING_ALONE)
    one = await case.worker.read(f"{API}/visits/{case.visit}")
    assert (one["cadre_name"], one["cadre_phones"]) == ("王秀兰", ["+8613900000002"])
    assert (one["address"], one["home"]["x"]) == ("站前街 1 号", HOME.x)
    assert (one["service_zh"], one["elements"]["what"], one["flags"]) == ("保洁", "擦窗", ["living_alone"])
    assert one["guarantors"] == [FAMILY.model_dump(mode="json")]
    (listed,) = (await case.worker.read(f"{API}/visits"))["items"]
    assert listed["address"] == "站前街 1 号"
    assert not {"guarantors", "elements", "medical"} & set(listed)
    await case.worker.done(f"{API}/visits/{case.visit}/complete", {"minutes": 5, "outcome": "擦了"})
    await city.settle()
    over = await case.worker.read(f"{API}/visits/{case.visit}")
    assert over["cadre_name"] == "王秀兰"
    gone = ("cadre_phones", "address", "home", "guarantors", "elements")
    assert [over[name] for name in gone] == [None] * len(gone)
    assert over["flags"] == []


async def test_whoever_found_nobody_still_has_the_phones(city: City) -> None:
    """While the case is theirs: there is somebody to be asked."""
    case = await known(city)
    await case.worker.done(f"{API}/visits/{case.visit}/no-answer")
    await city.settle()
    assert (await case.worker.read(f"{API}/visits/{case.visit}"))["guarantors"][0]["name"] == "王强"
    ended = intake.RequestWithdrawn(request=case.request, cadre=case.cadre, reason=WithdrawReason.CALLER)
    await tell(city, case.request, ended)
    assert (await case.worker.read(f"{API}/visits/{case.visit}"))["guarantors"] is None


async def test_a_move_shows_at_once(city: City) -> None:
    """The new address, and no home until one is known."""
    case = await known(city)
    moved = intake.CadreMoved(
        cadre=case.cadre,
        left=HERE,
        community=HERE,
        residence=Residence(address="河北街 9 号"),
        valid_from=city.clock.now().date(),
    )
    await tell(city, case.cadre, moved)
    one = await case.worker.read(f"{API}/visits/{case.visit}")
    assert (one["address"], one["home"], one["cadre_name"]) == ("河北街 9 号", None, "王秀兰")
