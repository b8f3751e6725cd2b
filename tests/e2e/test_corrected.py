"""A report that was wrong is put right: in care, in the hours credited, and in everything that is read."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts import care, matching
from shared.roles import Role
from tests.city_cases import CARE, INTAKE, MATCHING, Town, Volunteer, found_town
from tests.harness import City, Client

REPORTING = "/reporting/api/v1"
WRONG = {"minutes": 500, "outcome": "换了水龙头", "needs": ["meals"]}
RIGHT = {"minutes": 50, "outcome": "换了厨房水龙头", "needs": ["shopping"], "reason": "多写了一个零"}


class Reported:
    """A visit that was reported wrongly."""

    def __init__(self, town: Town, volunteer: Volunteer, cadre: str, request: str, visit: str) -> None:
        """As it is called everywhere."""
        self.town, self.volunteer, self.cadre = town, volunteer, cadre
        self.request, self.visit = request, f"{CARE}/visits/{visit}"

    async def corrects(self, client: Client | None = None, **changes: Any) -> None:
        """Somebody, the volunteer if nobody is named, puts it right."""
        body = {**RIGHT, **changes}
        await (client or self.volunteer.client).done(f"{self.visit}/correct", body)
        await self.town.city.settle()

    async def refused(self, client: Client | None = None, **changes: Any) -> tuple[int, str]:
        """The same, in vain: the status and the kind of the problem."""
        body = {**RIGHT, **changes}
        answer = await (client or self.volunteer.client).command(f"{self.visit}/correct", body)
        return answer.status_code, str(answer.json()["type"]).rsplit(":", maxsplit=1)[-1]

    async def called_back(self, outcome: str = "solved") -> None:
        """The cadre was asked."""
        path = f"{INTAKE}/requests/{self.request}/callback"
        await self.town.operator.done(path, {"outcome": outcome})
        await self.town.city.settle()

    async def hours(self) -> tuple[Any, ...]:
        """Minutes and visits of the volunteer: in the file, of the last days, of the booking, by month."""
        path = f"{MATCHING}/helpers/{self.volunteer.helper}"
        file = await self.town.coordinator.read(path)
        bookings = (await self.town.coordinator.read(f"{path}/bookings"))["items"]
        listed = await self.town.city.client(Role.REVIEWER).read(f"{REPORTING}/figures/helpers")
        recent = file["last_30_days"]
        return (
            (file["minutes"], file["visits"]),
            (recent["minutes"], recent["visits"]),
            [one["minutes"] for one in bookings],
            [(one["minutes"], one["visits"]) for one in listed if one["helper"] == self.volunteer.helper],
        )

    async def needs(self) -> list[str]:
        """What waits on the operator's list to be asked for."""
        return sorted(one["detail"] for one in await self.town.todos("need"))

    async def seen(self) -> tuple[Any, ...]:
        """All that the correction touches."""
        return await self.hours(), await self.needs(), await self.volunteer.client.read(self.visit)


@pytest.fixture
async def reported(city: City) -> AsyncIterator[Reported]:
    """Ten times the minutes, and a need that there isn't; nothing is parked at the end."""
    town = await found_town(city)
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, visit = await town.assigned(cadre, volunteer)
    await town.arrive(visit)
    await volunteer.client.done(f"{CARE}/visits/{visit}/complete", WRONG)
    await city.settle()
    yield Reported(town, volunteer, cadre, request, visit)
    await town.nothing_parked()


async def test_hours_and_needs_follow_the_report(reported: Reported) -> None:
    """Once, in every list; a correction of the words alone moves no hours."""
    assert await reported.hours() == ((500, 1), (500, 1), [500], [(500, 1)])
    assert await reported.needs() == ["meals"]
    await reported.corrects()
    assert await reported.hours() == ((50, 1), (50, 1), [50], [(50, 1)])
    assert await reported.needs() == ["shopping"]
    await reported.corrects(outcome="换了厨房的水龙头")
    await reported.corrects(outcome="换了厨房的水龙头", minutes=60)
    assert await reported.hours() == ((60, 1), (60, 1), [60], [(60, 1)])
    told = [
        one for one in await reported.town.city.events("matching") if isinstance(one, matching.HoursCorrected)
    ]
    assert [(one.before, one.minutes) for one in told] == [(500, 50), (50, 60)]
    state = await reported.town.states(reported.request)
    assert state == ("CallbackDue", "Assigned", "Reported", ["Done"])


async def test_views_made_anew_say_the_same(reported: Reported) -> None:
    """Replayed from the events alone, in each service that follows the correction."""
    await reported.corrects()
    await reported.corrects(minutes=45, needs=[])
    seen = await reported.seen()
    city = reported.town.city
    for service, view in (
        ("matching", "helpers"),
        ("matching", "bookings"),
        ("reporting", "figures"),
        ("care", "visits"),
        ("care", "cases"),
        ("intake", "todos"),
    ):
        told = await reported.town.admin.command(f"/{service}/api/v1/views/{view}/rebuild")
        swapped = json.loads(told.text.splitlines()[-1])
        assert {count for table in swapped["differences"].values() for count in table.values()} == {0}
    await city.settle()
    assert await reported.seen() == seen


async def test_hours_are_put_right_in_the_month_of_the_credit(reported: Reported) -> None:
    """Whenever it is corrected: the first of a month takes nothing from the next."""
    city = reported.town.city
    reviewer = city.client(Role.REVIEWER)
    before = await reviewer.read(f"{REPORTING}/figures/hours")
    await city.advance(days=40)
    await reported.corrects()
    after = await city.client(Role.REVIEWER).read(f"{REPORTING}/figures/hours")
    assert [(one["month"], one["minutes"]) for one in before] == [(before[0]["month"], 500)]
    assert [(one["month"], one["minutes"]) for one in after] == [(before[0]["month"], 50)]


async def test_the_report_and_its_correction_both_show(reported: Reported) -> None:
    """To the helper and the community: what is right, what had stood, by whom, when and why."""
    coordinator = reported.town.coordinator
    await reported.corrects()
    await reported.corrects(coordinator, minutes=55, reason="问过老人")
    for client in (reported.volunteer.client, coordinator):
        shown = await client.read(reported.visit)
        assert (shown["minutes"], shown["outcome"], shown["needs"]) == (55, RIGHT["outcome"], ["shopping"])
        assert shown["correctable"]
        told = [(one["minutes"], one["outcome"], one["role"], one["reason"]) for one in shown["corrections"]]
        assert told == [
            (500, WRONG["outcome"], "volunteer", RIGHT["reason"]),
            (50, RIGHT["outcome"], "coordinator", "问过老人"),
        ]
        assert shown["corrected"] == shown["corrections"][-1]["at"]
    case = await coordinator.read(f"{CARE}/cases/{reported.request}")
    assert [(one["minutes"], one["corrected"]) for one in case["visits"]] == [(55, shown["corrected"])]


async def test_the_auditor_sees_the_first_report_marked(reported: Reported) -> None:
    """The history has both events, one naming the other; the case file the report with its correction."""
    await reported.corrects()
    auditor = reported.town.city.client(Role.AUDITOR)
    path = f"{REPORTING}/cadres/{reported.cadre}"
    history = (await auditor.read(f"{path}/history", why="复核", limit=200))["items"]
    said = {entry["type"]: entry for entry in history}
    first, correction = said["care.VisitDone"], said["care.VisitCorrected"]
    assert (first["details"]["minutes"], first["details"]["outcome"]) == (500, WRONG["outcome"])
    assert correction["details"]["corrects"] == first["id"]
    assert (first["corrected_by"], correction["corrected_by"]) == ([correction["id"]], [])
    text = await auditor.get(f"{path}/history", params={"why": "复核", "format": "text"})
    assert f"    corrected by: {correction['id']}" in text.text.splitlines()
    assert (correction["why"], correction["details"]["minutes"]) == (RIGHT["reason"], 50)
    assert said["matching.HoursCorrected"]["cause"] == correction["id"]
    assert said["matching.HoursCorrected"]["details"]["corrects"] == said["matching.HoursCredited"]["id"]
    (visit,) = (await auditor.read(f"{path}/file", why="复核"))["file"]["visits"].values()
    assert (visit["state"], visit["minutes"]) == ("Done", 500)
    (put_right,) = visit["corrections"]
    assert (put_right["minutes"], put_right["corrects"]) == (50, first["id"])


async def test_only_who_reported_it_or_the_communitys_coordinator(reported: Reported) -> None:
    """To another helper there is no such visit; another community's coordinator is out of scope."""
    town = reported.town
    other = await town.volunteer("王芳")
    assert await reported.refused(other.client) == (404, "Unknown")
    assert await reported.refused(town.their_coordinator) == (403, "OutOfScope")
    for nobody in (town.secretary, town.operator, town.admin):
        assert await reported.refused(nobody) == (403, "NotAllowed")
    assert await reported.refused(medical="血压偏高") == (403, "NotAllowed")
    assert await reported.refused(reason="") == (422, "Invalid")
    assert await reported.hours() == ((500, 1), (500, 1), [500], [(500, 1)])


@pytest.mark.parametrize("outcome", ["solved", "unsolved"])
async def test_after_the_callback_the_report_stands(reported: Reported, outcome: str) -> None:
    """Whatever the cadre said: it is what they were asked about. The page says so."""
    await reported.called_back(outcome)
    assert await reported.refused() == (409, "ReportStands")
    assert not (await reported.volunteer.client.read(reported.visit))["correctable"]
    assert await reported.hours() == ((500, 1), (500, 1), [500], [(500, 1)])


async def test_the_next_rounds_report_doesnt_open_the_first(reported: Reported) -> None:
    """Unsolved, visited and reported again: only the second report can be corrected."""
    town = reported.town
    await reported.called_back("unsolved")
    await town.accept(reported.request, reported.volunteer)
    await town.city.settle()
    second = await town.visit(reported.request)
    await town.served(reported.request, reported.volunteer)
    assert await reported.refused() == (409, "ReportStands")
    await reported.volunteer.client.done(f"{CARE}/visits/{second}/correct", RIGHT)


async def test_corrected_and_called_back(reported: Reported) -> None:
    """At the same time: care doesn't know yet that it is closed; hours follow, the request stays closed."""
    town = reported.town
    async with town.unheard("care", "matching"):
        await town.operator.done(f"{INTAKE}/requests/{reported.request}/callback", {"outcome": "solved"})
        await reported.volunteer.client.done(f"{reported.visit}/correct", RIGHT)
    assert await town.states(reported.request) == ("Closed", "Closed", "Closed", ["Done"])
    assert await reported.hours() == ((50, 1), (50, 1), [50], [(50, 1)])
    assert await reported.refused(minutes=40) == (409, "ReportStands")


async def test_corrected_before_the_hours_were_credited(city: City) -> None:
    """Matching hears of both at once: credited, then put right."""
    town = await found_town(city)
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, visit = await town.assigned(cadre, volunteer)
    await town.arrive(visit)
    reported = Reported(town, volunteer, cadre, request, visit)
    async with town.unheard("matching", "intake"):
        await volunteer.client.done(f"{reported.visit}/complete", WRONG)
        await volunteer.client.done(f"{reported.visit}/correct", RIGHT)
        await volunteer.client.done(f"{reported.visit}/correct", {**RIGHT, "minutes": 40})
    assert await reported.hours() == ((40, 1), (40, 1), [40], [(40, 1)])
    assert await reported.needs() == ["shopping"]
    await town.nothing_parked()


async def test_sent_twice_it_counts_once(reported: Reported) -> None:
    """The same key and body: the first answer, no second event. Another time: it says the same already."""
    town, client = reported.town, reported.volunteer.client
    happened = (town.city.clock.now() - timedelta(minutes=3)).isoformat()
    body = {**RIGHT, "happened": happened}
    for _ in range(2):
        answer = await client.command(f"{reported.visit}/correct", body, key="once-and-twice")
        assert answer.status_code == 200
    await town.city.settle()
    assert await reported.refused() == (422, "SameReport")
    told = [one for one in await town.city.events("care") if isinstance(one, care.VisitCorrected)]
    assert len(told) == 1
    shown = await client.read(reported.visit)
    assert shown["corrected"][:19] == happened[:19]
