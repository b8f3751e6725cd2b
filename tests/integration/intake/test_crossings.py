"""Two things that happen at once, and what makes each pair good."""

from uuid import UUID, uuid4

import pytest

from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_commands import RecordDeath, Retract
from shared.bus.envelope import Actor
from shared.contracts import care, matching
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work
from tests.intake_cases import API, Town, assigned


async def test_withdrawn_and_assigned(town: Town) -> None:
    """The assignment that crossed the withdrawal changes nothing; matching hears of the withdrawal."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    await town.post(request, "withdraw", {"reason": "caller"})
    await town.assigned(request, cadre)
    assert await town.state(request) == "Withdrawn"


async def test_a_report_before_its_assignment(town: Town) -> None:
    """Care's news overtook matching's: the callback is due all the same, the late assignment is nothing."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    of = {"request": UUID(request), "cadre": UUID(cadre), "helper": uuid4(), "visit": uuid4()}
    await town.told("care", care.VisitBegun(**of))
    await town.told("matching", assigned(request, cadre, of["helper"]))
    await town.told("care", care.ServiceReported(**of))
    assert await town.state(request) == "CallbackDue"


async def test_a_dropped_assignment_goes_back_to_matching(town: Town) -> None:
    """Only by the helper who has it: a stale drop is nothing."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    helper = await town.assigned(request, cadre)
    for one, state in ((uuid4(), "Assigned"), (helper, "Matching")):
        gone = matching.NoShowRecorded(request=UUID(request), cadre=UUID(cadre), helper=one, booking=uuid4())
        await town.told("matching", gone)
        assert await town.state(request) == state


async def test_death_ends_every_open_request(town: Town) -> None:
    """Also one that waits for its callback, and one under a file that was merged."""
    cadre, stranger = await town.cadre(), await _provisional(town)
    open_one = await town.request(cadre)
    merged_one = await town.request(stranger, "meals")
    served = await town.request(cadre, "shopping")
    of = {"request": UUID(served), "cadre": UUID(cadre), "helper": uuid4(), "visit": uuid4()}
    await town.told("care", care.ServiceReported(**of))
    await town.operator.done(f"{API}/cadres/{cadre}/merge", {"merged": stranger})
    await town.operator.done(f"{API}/cadres/{cadre}/death", {"on": "2026-06-01"})
    await town.city.settle()
    assert {await town.state(one) for one in (open_one, merged_one, served)} == {"Cancelled"}


@pytest.mark.parametrize("remembered", [True, False])
async def test_a_request_that_crossed_the_death(town: Town, *, remembered: bool) -> None:
    """It was decided before the death was written and comes after it.

    By a file that was taken as remembered it is decided again and refused; else its own reaction ends it.
    """
    cadre = await town.cadre()
    store = town.city.store("intake")
    commit, tries = store.commit, 0
    if not remembered:
        store._memory.forget(CADRE.stream(UUID(cadre)))  # noqa: SLF001  as another process, or long after

    async def after_the_death(work: Work, **more: object) -> object:
        nonlocal tries
        tries += 1
        if tries == 1:
            death = Work(store, Actor("secretary", "secretary"))
            await death.execute(CADRE, UUID(cadre), RecordDeath(on="2026-06-01"))
            await commit(death)
        return await commit(work, **more)  # type: ignore[arg-type]

    store.commit = after_the_death  # type: ignore[method-assign,assignment]
    try:
        body = {"cadre": cadre, "elements": {"what": "水管漏水"}, "service": "repair", "urgency": "routine"}
        answer = await town.operator.command(f"{API}/requests", body)
    finally:
        store.commit = commit  # type: ignore[method-assign]
    assert tries == 1
    if remembered:
        assert answer.json()["type"].endswith(":Deceased")
    else:
        await town.city.settle()
        assert await town.state(answer.json()["id"]) == "Cancelled"


async def test_a_refusal_by_what_is_remembered_is_decided_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has retracted the death that this one remembers; what it wrote counts, both ways."""
    cadre = await town.cadre()
    store = town.city.store("intake")
    monkeypatch.setattr(store, "exclusive", False)
    other = EventStore("intake", store.pool, store.vault, store.clock)
    body = {"cadre": cadre, "elements": {"what": "水管漏水"}, "service": "repair", "urgency": "routine"}
    for happens, refused in (
        (RecordDeath(on="2026-06-01"), True),
        (Retract(reason="error", corrects=None, also=()), False),
    ):
        remembered = store.remembered(CADRE.stream(UUID(cadre)))
        elsewhere = Work(other, Actor("secretary", "secretary"))
        await elsewhere.execute(CADRE, UUID(cadre), happens)
        await other.commit(elsewhere)
        assert store.remembered(CADRE.stream(UUID(cadre))) is remembered
        answer = await town.operator.command(f"{API}/requests", body)
        assert answer.json().get("type", "").endswith(":Deceased") == refused
        assert answer.is_success != refused


async def test_hospital_holds_what_can_wait_and_discharge_lets_it_go_on(town: Town) -> None:
    """Urgent ones go on; one that was on hold for another reason stays there."""
    cadre = await town.cadre()
    routine = await town.request(cadre)
    urgent = await town.request(cadre, "nursing", "urgent")
    held = await town.request(cadre, "study", "routine")
    await town.post(held, "hold", {"reason": "caller_asked"})
    await town.operator.done(f"{API}/cadres/{cadre}/admit", {"hospital": "市医院"})
    await town.city.settle()
    assert [await town.state(one) for one in (routine, urgent, held)] == ["OnHold", "Triaged", "OnHold"]
    await town.operator.done(f"{API}/cadres/{cadre}/discharge")
    await town.city.settle()
    assert [await town.state(one) for one in (routine, urgent, held)] == ["Triaged", "Triaged", "OnHold"]


async def test_merged_and_a_new_request(town: Town) -> None:
    """The refusal names the survivor; both files show each other."""
    survivor, merged = await town.cadre(), await _provisional(town)
    await town.operator.done(f"{API}/cadres/{survivor}/merge", {"merged": merged})
    await town.city.settle()
    answer = await town.operator.command(f"{API}/requests", {"cadre": merged, "elements": {"what": "x"}})
    assert answer.status_code == 409
    assert survivor in answer.json()["detail"]
    assert (await town.operator.read(f"{API}/cadres/{merged}"))["merged_into"] == survivor
    assert (await town.operator.read(f"{API}/cadres/{survivor}"))["also"] == [merged]


async def test_relinked_to_the_right_cadre(town: Town) -> None:
    """Withdrawn as an error and received anew under the other key, in one transaction."""
    wrong, right = await town.cadre(), await town.cadre("李明", phones=[])
    request = await town.request(wrong)
    answer = await town.post(request, "relink", {"cadre": right})
    old = await town.operator.read(f"{API}/requests/{request}")
    new = await town.operator.read(f"{API}/requests/{answer['id']}")
    assert (old["state"], old["reason"], old["replaced_by"]) == ("Withdrawn", "error", new["id"])
    assert (new["state"], new["cadre"], new["linked"]) == ("Triaged", right, request)
    assert new["elements"]["what"] == "水管漏水"


async def test_closed_and_reopened(town: Town) -> None:
    """A second report in the closed state is nothing; unsolved goes back to matching in a new round."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    of = {"request": UUID(request), "cadre": UUID(cadre), "helper": uuid4(), "visit": uuid4()}
    await town.told("care", care.ServiceReported(**of))
    await town.post(request, "callback", {"outcome": "unsolved", "note": "还漏"})
    shown = await town.operator.read(f"{API}/requests/{request}")
    assert (shown["state"], shown["round"]) == ("Reopened", 2)
    again = matching.MatchReopened(
        request=UUID(request), cadre=UUID(cadre), round=2, reason="unsolved", barred=()
    )
    await town.told("matching", again)
    assert await town.state(request) == "Matching"
    await town.told("care", care.ServiceReported(**of))
    await town.post(request, "callback", {"outcome": "solved"})
    await town.told("care", care.ServiceReported(**of))
    assert await town.state(request) == "Closed"


async def test_moved_and_open(town: Town) -> None:
    """The new community is responsible for what is open."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    body = {"code": str(uuid4())[:8], "name": "新华社区", "subdistrict": "新华街道"}
    community = (await town.admin.done(f"{API}/communities", body))["id"]
    await town.operator.done(
        f"{API}/cadres/{cadre}/move", {"community": community, "residence": {"address": "新华路 2 号"}}
    )
    await town.city.settle()
    assert (await town.operator.read(f"{API}/requests/{request}"))["community"] == community
    shown = await town.operator.read(f"{API}/cadres/{cadre}")
    assert [one["address"] for one in shown["residences"]] == ["站前街 1 号", "新华路 2 号"]


async def test_escalated_while_the_service_goes_on(town: Town) -> None:
    """The report is kept under the escalation; the bureau's answer brings the callback to light."""
    cadre = await town.cadre()
    request = await town.request(cadre, "hardship_aid")
    await town.assigned(request, cadre)
    of = {"request": UUID(request), "cadre": UUID(cadre)}
    funding = uuid4()
    await town.told("care", care.FundingSubmitted(**of, funding=funding, amount=100))
    await town.told("care", care.ServiceReported(**of, helper=uuid4(), visit=uuid4()))
    assert await town.state(request) == "Escalated"
    await town.told("care", care.FundingLapsed(**of, funding=funding, reason="year_ended"))
    assert await town.state(request) == "CallbackDue"


async def _provisional(town: Town) -> str:
    answer = await town.operator.done(f"{API}/cadres/provisional", {"details": {"name": "老刘"}})
    return str(answer["id"])
