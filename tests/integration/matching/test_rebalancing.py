"""Rebalancing: proposed, reviewed, accepted in part, moved by consent, and back again."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from shared.contracts import intake
from shared.contracts import matching as m
from shared.contracts.values import Details, Flag, Point, Standing, Validity
from shared.roles import Role
from tests.harness import Client
from tests.integration.matching.stage import API, ELSEWHERE, HERE, HOME, Stage

PATH = f"{API}/rebalancings"
YOUNG = "青年志愿者协会"


async def communities(stage: Stage) -> None:
    """Two, a kilometre from each other; three cadres live in the second, one of them with two hardships."""
    for community, metres in ((HERE, 0), (ELSEWHERE, 1_000)):
        centre = Point.of(129.6, 44.6 + metres / 111_195)
        told = intake.CommunityRegistered(
            community=community, code="c", name="社区", subdistrict="河南街道", centre=centre
        )
        await stage.say("intake", "community", community, told)
    cadres = [uuid4() for _ in range(3)]
    for cadre in cadres:
        registered = intake.CadreRegistered(
            cadre=cadre,
            community=ELSEWHERE,
            standing=Standing(category="lixiu", sex="female"),
            details=Details(name="某", home=HOME),
            valid_from=date(2026, 1, 1),
        )
        await stage.say("intake", "cadre", cadre, registered)
    for flag, until in (
        (Flag.LIVING_ALONE, None),
        (Flag.BEDRIDDEN, None),
        (Flag.NO_SELF_CARE, date(2026, 1, 31)),
    ):
        assessed = intake.HardshipAssessed(
            cadre=cadres[0],
            community=ELSEWHERE,
            assessment=uuid4(),
            flag=flag,
            assessor="社区",
            validity=Validity(valid_from=date(2026, 1, 1), valid_to=until),
        )
        await stage.say("intake", "cadre", cadres[0], assessed)


async def proposed(stage: Stage, budget: int = 5) -> tuple[Client, str, Any, list[UUID]]:
    """Five young members serve here, where one cadre lives; four of them should go where three live."""
    await communities(stage)
    helpers = [
        await stage.helper(f"青{number}", metres=100 * number, association=YOUNG) for number in range(5)
    ]
    await stage.coordinator.done(f"{API}/pairings", {"helper": str(helpers[4]), "cadre": str(stage.cadre)})
    await stage.city.settle()
    admin = stage.city.client(Role.ADMIN)
    rebalancing = (await admin.done(PATH, {"budget": budget}))["id"]
    await stage.city.settle()
    return admin, rebalancing, await admin.read(f"{PATH}/{rebalancing}"), helpers


async def test_members_go_where_the_cadres_are(stage: Stage) -> None:
    """In proportion to cadres and hardships, the nearest first, and who is paired last."""
    admin, _, found, helpers = await proposed(stage)
    weights = {
        one["community"]: (one["cadres"], one["hardships"], one["weight"]) for one in found["reckoned"]
    }
    assert weights == {str(HERE): (1, 0, 2), str(ELSEWHERE): (3, 2, 8)}
    (elsewhere, here) = found["reckoned"]
    assert elsewhere["shares"] == [{"association": YOUNG, "members": 0, "target": 4}]
    assert here["shares"] == [{"association": YOUNG, "members": 5, "target": 1}]
    assert (found["shortage"], found["shortage_after"], found["nearest_after"]) == (4, 0, 0)
    assert {one["helper"] for one in found["proposed"]} == {str(one) for one in helpers[:4]}
    assert [one["gain"] for one in found["proposed"]] == [1, 1, 1, 1]
    assert all(one["state"] == "Proposed" and one["source_metres"] < 500 for one in found["proposed"])
    assert await stage.told(m.HelperAllocated) == []
    assert (await admin.read(PATH))["items"][0]["states"] == {"Proposed": 4}


async def test_a_budget_is_kept(stage: Stage) -> None:
    """And what it leaves lacking is said."""
    _, _, found, _ = await proposed(stage, 2)
    assert (found["moves"], found["shortage"], found["shortage_after"]) == (2, 4, 2)


async def test_a_move_takes_a_decision_and_consent_and_can_be_undone(stage: Stage) -> None:
    """Accepted in part; one agrees and moves, one doesn't, one is dropped; then the one goes back."""
    admin, rebalancing, _, helpers = await proposed(stage)
    yes, no, late, never = (str(one) for one in helpers[:4])
    path = f"{PATH}/{rebalancing}"
    await admin.done(f"{path}/accept", {"helpers": [yes, no, late]})
    await stage.coordinator.done(f"{path}/consent", {"helper": yes, "note": "电话"})
    await stage.people[helpers[1]].done(f"{path}/decline", {"helper": no, "reason": "太远"})
    await admin.done(f"{path}/drop", {"reason": "暂缓"})
    await stage.city.settle()
    moves = {one["helper"]: (one["state"], one["note"]) for one in (await admin.read(path))["proposed"]}
    assert moves == {
        yes: ("Made", "电话"),
        no: ("Declined", "太远"),
        late: ("Dropped", "暂缓"),
        never: ("Dropped", "暂缓"),
    }
    assert (await admin.read(f"{API}/helpers/{yes}"))["community"] == str(ELSEWHERE)
    assert (await admin.read(f"{API}/helpers/{no}"))["community"] == str(HERE)
    await admin.done(f"{path}/undo", {"reason": "本人要求"})
    await stage.city.settle()
    assert (await admin.read(f"{API}/helpers/{yes}"))["community"] == str(HERE)
    told = [(one.helper, one.community) for one in await stage.told(m.HelperAllocated)]
    assert told == [(helpers[0], ELSEWHERE), (helpers[0], HERE)]


async def paired_first(stage: Stage) -> tuple[Client, str, UUID, UUID]:
    """A plan in which a member moves who has a pairing."""
    admin, _, _, helpers = await proposed(stage)
    for helper in helpers[:4]:
        await stage.coordinator.done(f"{API}/pairings", {"helper": str(helper), "cadre": str(stage.cadre)})
    await stage.city.settle()
    rebalancing = (await admin.done(PATH, {"pairing_metres": 0}))["id"]
    await stage.city.settle()
    found = await admin.read(f"{PATH}/{rebalancing}")
    move = found["proposed"][0]
    return admin, f"{PATH}/{rebalancing}", UUID(move["helper"]), UUID(move["pairings"][0])


async def live(stage: Stage) -> set[str]:
    """The pairings that hold."""
    await stage.city.settle()
    return {one["pairing"] for one in (await stage.coordinator.read(f"{API}/pairings"))["items"]}


async def test_a_pairing_survives_unless_the_plan_says_otherwise(stage: Stage) -> None:
    """One that is named ends with the move, and begins anew when the move is undone."""
    admin, path, helper, pairing = await paired_first(stage)
    await admin.done(f"{path}/accept", {"helpers": [str(helper)], "ending": [str(pairing)]})
    assert len(await live(stage)) == 5
    await admin.done(f"{path}/consent", {"helper": str(helper)})
    assert str(pairing) not in await live(stage)
    await admin.done(f"{path}/undo", {"reason": "撤回"})
    assert str(pairing) in await live(stage)
    others = [one for one in (await admin.read(path))["proposed"] if one["state"] == "Proposed"]
    await admin.done(f"{path}/accept", {})
    await admin.done(f"{path}/consent", {"helper": others[0]["helper"]})
    assert len(await live(stage)) == 5


async def test_who_has_moved_on_is_not_moved(stage: Stage) -> None:
    """Allocated otherwise meanwhile, or gone: the answer says so and the others can go."""
    admin, rebalancing, _, helpers = await proposed(stage)
    path = f"{PATH}/{rebalancing}"
    await admin.done(f"{path}/accept", {})
    other = {"community": None, "association": YOUNG}
    await admin.done(f"{API}/helpers/{helpers[0]}/allocate", other)
    await stage.coordinator.done(f"{API}/helpers/{helpers[1]}/leave", {"reason": "搬走"})
    for helper in helpers[:2]:
        answer = await admin.command(f"{path}/consent", {"helper": str(helper)})
        assert answer.status_code == 409
        assert str(helper) in answer.json()["detail"]
    await admin.done(f"{path}/consent", {"helper": str(helpers[2])})


async def test_a_rebalancing_is_made_again_and_is_the_same(stage: Stage) -> None:
    """From what was known then: who has moved, come or gone since doesn't count."""
    admin, rebalancing, _, helpers = await proposed(stage)
    path = f"{PATH}/{rebalancing}"
    await admin.done(f"{path}/accept", {})
    await admin.done(f"{path}/consent", {"helper": str(helpers[0])})
    await stage.helper("后来", association=YOUNG)
    found = await stage.city.client(Role.AUDITOR).read(f"{path}/verify")
    assert (found["same"], found["moves"], found["moves_again"]) == (True, 4, 4)


async def test_who_may_do_what(stage: Stage) -> None:
    """A coordinator doesn't decide, a stranger sees no move, nobody answers for another."""
    admin, rebalancing, _, helpers = await proposed(stage)
    path = f"{PATH}/{rebalancing}"
    one = {"helper": str(helpers[0])}
    assert (await stage.coordinator.command(PATH, {})).status_code == 403
    assert (await stage.coordinator.command(f"{path}/accept", {})).status_code == 403
    officer = stage.city.client(Role.SUBDISTRICT, communities=[uuid4()])
    assert (await officer.command(f"{path}/accept", {})).status_code == 403
    assert (await officer.read(path))["proposed"] == []
    await admin.done(f"{path}/accept", {})
    other = stage.people[helpers[1]]
    assert (await other.command(f"{path}/consent", one)).status_code == 404
    assert (await stage.people[helpers[0]].command(f"{path}/consent", one)).is_success


async def test_an_officer_shares_out_the_own_communities_only(stage: Stage) -> None:
    """With one community there is nothing to move; who isn't placed isn't theirs."""
    admin, _, _, helpers = await proposed(stage)
    officer = stage.city.client(Role.SUBDISTRICT, communities=[ELSEWHERE])
    other = {"community": None, "association": YOUNG}
    await admin.done(f"{API}/helpers/{helpers[0]}/allocate", other)
    rebalancing = (await officer.done(PATH, {}))["id"]
    await stage.city.settle()
    found = await officer.read(f"{PATH}/{rebalancing}")
    assert (found["citywide"], found["communities"], found["members"], found["moves"]) == (False, 1, 0, 0)
