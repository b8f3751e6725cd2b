"""The demo's present: what waits for those in whose place one may enter, from the hour it was loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from deploy.client import Client
from deploy.demo.traffic.desk import Desk
from deploy.demo.traffic.people import Cadre, Helper, Town, read_town
from deploy.demo.traffic.simulate import SYSTEM, settle
from deploy.demo.traffic.story import WORDS, Story
from deploy.ready import KINDS, helper_of
from shared.deadlines import SHANGHAI
from shared.roles import Role

HALF_HOUR = timedelta(minutes=30)
LASTS, APART = timedelta(hours=1), timedelta(hours=2)
FROM, TO = time(8, 30), time(17, 30)
BEGUN, AGREED, ASKED = "begun", "agreed", "asked"
WAITS = {
    Role.VOLUNTEER: (BEGUN, AGREED, ASKED),
    Role.CARE_WORKER: (AGREED, AGREED, ASKED),
    Role.ORGANISATION: (AGREED, ASKED),
    Role.CLINIC: (AGREED, ASKED),
}
"""How far each one's next visits have come."""


@dataclass(frozen=True)
class Next:
    """One of a helper's next visits. `key` names it in this demo."""

    helper: Helper
    cadre: Cadre
    service: str
    start: datetime
    step: str
    key: str


async def live_on(client: Client, desk: Desk, seed: int) -> None:
    """Ask the demo's own helpers for visits of the next hours; some they take on. Repeating it is safe."""
    town = await read_town(client)  # as it is by now: some have moved
    starts = hours_after(datetime.fromisoformat((await client.read(None, f"{SYSTEM}/clock"))["now"]))
    for role, steps in WAITS.items():
        found = await helper_of(client, KINDS[role])
        helper = town.helpers.get(UUID(found["helper"])) if found else None
        if helper is None:
            continue
        served = [one for one in town.cadres if helper.community in (None, one.community)]
        random = Story(seed, f"present-{role.value}").random("cadres")
        cadres = random.sample(served, min(len(steps), len(served)))
        codes = [one["code"] for one in found["skills"]]
        services = [code for code in codes if code in WORDS and code != "rescue"] or ["visit"]
        for number, (cadre, start, step) in enumerate(zip(cadres, starts, steps, strict=False)):
            service = services[number % len(services)]
            await _come(client, desk, town, Next(helper, cadre, service, start, step, f"{role}-{number}"))


def hours_after(now: datetime) -> Sequence[datetime]:
    """When visits of the next hours begin: at full half hours in the light, today or tomorrow morning."""
    local = now.astimezone(SHANGHAI)
    begin = local.replace(minute=0, second=0, microsecond=0)
    while begin <= local:
        begin += HALF_HOUR
    found: list[datetime] = []
    while len(found) < max(map(len, WAITS.values())):
        if FROM <= begin.time() <= TO:
            found.append(begin)
            begin += APART
        else:
            begin += HALF_HOUR
    return found


async def _come(client: Client, desk: Desk, town: Town, visit: Next) -> None:
    """From the call to as far as this one has come."""
    operator, coordinator = town.operator(0), town.coordinator(visit.cadre.community)
    body = {
        "cadre": str(visit.cadre.id),
        "elements": {"what": WORDS[visit.service][0], "when": f"{visit.start:%H:%M}", "where": "家里"},
        "service": visit.service,
        "urgency": "routine",
        "overruled": "已核实，与之前的请求不是同一件事",
    }
    told = await desk.tell(operator, "intake.ReceiveRequest", "/requests", body, key=f"{visit.key}-receive")
    if not told.done:
        return
    await settle(client)
    match, mine = f"/matches/{told.id}", str(visit.helper.id)
    slot = {"start": visit.start.isoformat(), "end": (visit.start + LASTS).isoformat()}
    offer = {"helper": mine, "slot": slot}
    await desk.tell(coordinator, "matching.MakeOffer", f"{match}/offers", offer, key=f"{visit.key}-offer")
    await settle(client)
    offers = (await desk.look(coordinator, f"/matching/api/v1{match}"))["offers"]
    made = next((one["offer"] for one in offers if one["helper"] == mine), None)
    if made is None or visit.step == ASKED:
        return
    who, yes = visit.helper.account, {"offer": made}
    await desk.tell(who, "matching.AcceptOffer", f"{match}/accept", yes, key=f"{visit.key}-accept")
    await settle(client)
    visits = (await desk.look(operator, f"/care/api/v1/cases/{told.id}"))["visits"]
    if visits and visit.step == BEGUN:
        path = f"/visits/{visits[0]['visit']}/begin"
        await desk.tell(who, "care.BeginVisit", path, key=f"{visit.key}-begin")
