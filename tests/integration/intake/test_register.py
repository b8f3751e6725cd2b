"""The catalogue and the register: what is entered, found, shown, and to whom."""

from uuid import UUID

from services.intake.catalogue import define_services
from shared.roles import Role
from tests.intake_cases import API, STANDING, TODAY, Town


async def test_the_catalogue_holds_fifteen_services_and_is_defined_once(town: Town) -> None:
    """A second start defines nothing."""
    listed = await town.operator.read(f"{API}/services")
    assert len(listed["items"]) == 15
    assert await define_services(town.city.store("intake")) == 0


async def test_a_retired_service_cannot_be_asked_for(town: Town) -> None:
    """The refusal says to choose another; the catalogue no longer lists it."""
    cadre = await town.cadre()
    await town.admin.done(f"{API}/services/lecture/retire")
    await town.city.settle()
    answer = await town.operator.command(
        f"{API}/requests",
        {"cadre": cadre, "elements": {"what": "x"}, "service": "lecture", "urgency": "routine"},
    )
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("ServiceRetired")
    assert "lecture" not in [one["code"] for one in (await town.operator.read(f"{API}/services"))["items"]]


async def test_a_code_is_given_to_one_community(town: Town) -> None:
    """A second registration is refused, a correction is shown."""
    body = {"code": "zq", "name": "别处", "subdistrict": "河南街道"}
    assert (await town.admin.command(f"{API}/communities", body)).status_code == 409
    await town.admin.done(
        f"{API}/communities/{town.community}/correct", {"name": "站前里社区", "subdistrict": "河南街道"}
    )
    await town.city.settle()
    shown = await town.operator.read(f"{API}/communities/{town.community}")
    assert shown["name"] == "站前里社区"


async def test_the_register_is_searched_by_name_pinyin_and_phone(town: Town) -> None:
    """Each way finds the same file, and only that."""
    cadre = await town.cadre("欧阳雪梅", phones=["+864340567890"])
    await town.cadre("李明", phones=["+8613904341234"])
    for query in ("雪梅", "ouyangxuemei", "oyxm", "0434-0567890", "7890", "欧阳", "Ou Yang"):
        found = await town.operator.read(f"{API}/cadres", q=query)
        assert [one["id"] for one in found["items"]] == [cadre], query


async def test_a_file_shows_facts_and_hides_medical_texts(town: Town) -> None:
    """The secretary reads the assessor's note, a coordinator doesn't; the ETag is the version."""
    cadre = await town.cadre("孟庆山")
    await town.secretary.done(
        f"{API}/cadres/{cadre}/hardships",
        {"flag": "living_alone", "validity": {"valid_from": TODAY, "valid_to": "2027-05-31"}, "note": "心衰"},
    )
    await town.city.settle()
    answer = await town.secretary.get(f"{API}/cadres/{cadre}")
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["assessments"][0]["note"] == "心衰"
    assert answer.json()["assessments"][0]["holds"] is True
    coordinator = town.city.client(Role.COORDINATOR, communities=[town.community])
    assert (await coordinator.read(f"{API}/cadres/{cadre}"))["assessments"][0]["note"] == ""
    listed = await town.operator.read(f"{API}/cadres", flag="living_alone", q="mqs")
    assert listed["items"][0]["flags"] == ["living_alone"]


async def test_family_reads_its_own_and_medical_texts_only_with_consent(town: Town) -> None:
    """Another's file is not there for them."""
    cadre, other = await town.cadre(), await town.cadre("李明", phones=[])
    await town.secretary.done(f"{API}/cadres/{cadre}/admit", {"hospital": "市医院"})
    family = town.city.client(Role.FAMILY, cadre=UUID(cadre), communities=[])
    await town.city.settle()
    assert (await family.read(f"{API}/cadres/{cadre}"))["hospital"] == ""
    assert (await family.get(f"{API}/cadres/{other}")).status_code == 404
    await town.secretary.done(f"{API}/cadres/{cadre}/consent", {"family_reads_medical": True})
    await town.city.settle()
    assert (await family.read(f"{API}/cadres/{cadre}"))["hospital"] == "市医院"


async def test_an_id_number_is_registered_once(town: Town) -> None:
    """The second time the first file is named."""
    cadre = await town.cadre(id_number="000000193001011224")
    body = {
        "community": str(town.community),
        "standing": STANDING,
        "details": {"name": "张桂兰", "id_number": "000000193001011224"},
    }
    answer = await town.operator.command(f"{API}/cadres", body)
    assert answer.status_code == 409
    assert cadre in answer.json()["detail"]


async def test_an_assessment_expires_into_a_todo_until_assessed_anew(own_town: Town) -> None:
    """The day after its last, at midnight in Shanghai."""
    cadre = await own_town.cadre()
    path = f"{API}/cadres/{cadre}/hardships"
    first = {"flag": "bedridden", "validity": {"valid_from": TODAY, "valid_to": "2026-06-02"}}
    await own_town.secretary.done(path, first)
    await own_town.city.settle()
    await own_town.city.advance(hours=38)
    assert await own_town.todos(cadre) == []
    await own_town.city.advance(hours=2)
    assert await own_town.todos(cadre) == [("hardship_expired", "bedridden")]
    again = {"flag": "bedridden", "validity": {"valid_from": "2026-06-03", "valid_to": "2027-06-02"}}
    await own_town.secretary.done(path, again)
    await own_town.city.settle()
    assert await own_town.todos(cadre) == []
