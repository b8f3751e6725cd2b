"""How a request comes in: the call, the duplicate, the triage, and what isn't for us."""

from datetime import datetime, time, timedelta
from typing import Any

from deploy.demo.traffic.scene import Scene
from deploy.demo.traffic.story import SERVICES, URGENCIES, WORDS
from shared.deadlines import SHANGHAI

CALLERS = {"cadre": 55, "family": 26, "neighbour": 9, "unit": 5, "staff": 5}
ASIDE = {
    "triage": 78, "refer": 6, "reject": 8, "withdraw": 8,
}  # fmt: skip
"""What becomes of a request that was not triaged while the caller was on the phone."""


async def call_in(scene: Scene) -> str | None:
    """Somebody calls; gives the request's id, None when it goes no further."""
    story = scene.story
    service = story.weighted("service", SERVICES)
    at_once = not story.chance("no service named", 0.15)
    body = _body(scene, service, at_once=at_once)
    told = await scene.tell(scene.operator, "intake.ReceiveRequest", "/requests", body, step="receive")
    if told.code == "LikelyDuplicate":
        return await _resembles(scene, body, told.body)
    if not told.done:
        scene.took("call refused")
        return None
    scene.took("received")
    if story.chance("wrong role", 0.04):
        await _wrong_role(scene, told.id)
    if story.chance("neighbour calls too", 0.05):
        await _second_call(scene, service, told.id)
    if at_once:
        return told.id
    await scene.pace.pause(story.between("looks at it", 5, 60))
    return await triage(scene, told.id, service)


def _body(scene: Scene, service: str, *, at_once: bool) -> dict[str, Any]:
    story = scene.story
    body: dict[str, Any] = {
        "cadre": str(scene.cadre.id),
        "channel": "walk_in" if story.chance("walks in", 0.12) else "phone",
        "caller": {"kind": story.weighted("caller", CALLERS)},
        "elements": {
            "what": story.one_of("what", WORDS[service]),
            "when": story.one_of("when", ("今天", "这两天", "尽快", "昨晚开始")),
            "where": story.one_of("where", ("家里", "家中卧室", "楼下", "")),
            "why": story.one_of("why", ("本人年纪大，行动不便", "子女在外地", "家里没有别人", "")),
        },
    }
    if at_once:
        body |= _triaged(scene, service)
    return body


def _triaged(scene: Scene, service: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {"service": service, "urgency": URGENCIES.get(service, "routine")}
    if chosen["urgency"] == "scheduled":
        start, end = _slot(scene, "wanted")
        chosen["slot"] = {"start": start.isoformat(), "end": end.isoformat()}
    elif chosen["urgency"] == "routine" and scene.story.chance("pressing", 0.1):
        chosen["urgency"] = "urgent"
    return chosen


def _slot(scene: Scene, what: str) -> tuple[datetime, datetime]:
    """An hour of one of the next days, in the light. Only the day of the call counts, so it repeats."""
    day = scene.pace.now().astimezone(SHANGHAI).date() + timedelta(
        days=scene.story.random(what).randint(2, 6)
    )
    start = datetime.combine(day, time(scene.story.random(f"{what} hour").randint(9, 15)), SHANGHAI)
    return start, start + timedelta(hours=1)


async def _resembles(scene: Scene, body: dict[str, Any], problem: Any) -> str | None:
    """The system knows an open request that is like it: linked, or overruled with a reason."""
    likely = [str(one["id"]) for one in problem.get("likely", [])]
    if likely and scene.story.chance("is a duplicate", 0.5):
        linked = {**body, "duplicate_of": likely[0]}
        told = await scene.tell(
            scene.operator, "intake.ReceiveRequest", "/requests", linked, step="receive-linked"
        )
        scene.took("duplicate linked" if told.done else "duplicate closed meanwhile")
        return None
    overruled = {**body, "overruled": "已核实，与之前的请求不是同一件事"}
    told = await scene.tell(
        scene.operator, "intake.ReceiveRequest", "/requests", overruled, step="receive-overruled"
    )
    if not told.done:
        return None
    scene.took("duplicate overruled")
    if "service" in body:
        return told.id
    return await triage(scene, told.id, scene.story.weighted("service", SERVICES))


async def _second_call(scene: Scene, service: str, first: str) -> None:
    """A neighbour calls about the same thing."""
    await scene.pace.pause(0)
    body = {
        **_body(scene, service, at_once=False),
        "caller": {"kind": "neighbour"},
        "duplicate_of": first,
    }
    told = await scene.tell(
        scene.town.operator(scene.story.random("other operator").randrange(3)),
        "intake.ReceiveRequest",
        "/requests",
        body,
        step="neighbour",
    )
    scene.took("duplicate linked" if told.done else "duplicate closed meanwhile")


async def _wrong_role(scene: Scene, request: str) -> None:
    """Somebody tries what isn't theirs to do."""
    who = scene.story.one_of(
        "who tries",
        (scene.town.family(scene.cadre.id), scene.town.liaison(scene.cadre.unit), scene.coordinator),
    )
    told = await scene.tell(
        who, "intake.RejectRequest", f"/requests/{request}/reject", {"reason": "abuse"}, step="wrong-role"
    )
    scene.took("wrong role refused" if not told.done else "wrong role ALLOWED")
    if told.done:
        scene.desk.ledger.strange.append(f"{who.role} could reject {request}")


async def triage(scene: Scene, request: str, service: str) -> str | None:
    """The operator decides what it is."""
    story = scene.story
    match story.weighted("aside", ASIDE):
        case "refer":
            told = await scene.tell(
                scene.operator,
                "intake.ReferToEmergencyLine",
                f"/requests/{request}/emergency",
                {"line": "120", "note": "胸痛，已转接急救"},
                step="refer",
            )
            scene.took("referred to an emergency line" if told.done else "refer refused")
        case "reject":
            reason = story.one_of("why rejected", ("too_few_facts", "in_court", "abuse", "not_covered"))
            told = await scene.tell(
                scene.operator,
                "intake.RejectRequest",
                f"/requests/{request}/reject",
                {"reason": reason, "referred_to": "市信访接待室"},
                step="reject",
            )
            if told.done:
                scene.took("rejected")
            else:
                scene.took("reject refused")
                return await _choose(scene, request, service)
        case "withdraw":
            told = await scene.tell(
                scene.operator,
                "intake.WithdrawRequest",
                f"/requests/{request}/withdraw",
                {"reason": story.one_of("who withdraws", ("caller", "family"))},
                step="withdraw",
            )
            scene.took("withdrawn" if told.done else "withdraw refused")
        case _:
            return await _choose(scene, request, service)
    return None


async def _choose(scene: Scene, request: str, service: str) -> str:
    told = await scene.tell(
        scene.operator,
        "intake.TriageRequest",
        f"/requests/{request}/triage",
        _triaged(scene, service),
        step="triage",
    )
    scene.took("triaged later" if told.done else "triage refused")
    return request
