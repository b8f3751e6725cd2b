"""The visit: the helper comes, or doesn't; the door is opened, or isn't."""

from datetime import datetime, timedelta
from typing import Any

from deploy.client import Who
from deploy.demo.traffic.scene import SOON, Scene

BECOMES = {
    "done": 80, "drop": 4, "no_show": 2, "missed": 2, "forgotten": 1, "refused": 2, "no_answer": 5,
    "moved": 3, "reassigned": 1,
}  # fmt: skip
OUTCOMES = (
    "已按要求完成，老人满意",
    "完成，已嘱咐注意事项",
    "完成，并陪老人聊了一会儿",
    "已处理，过几天再来看看",
)
NEEDS = ("repair", "meals", "home_rounds", "counselling")


async def visiting(scene: Scene, request: str) -> str:
    """What the case's live visit needs next."""
    case = await scene.sees(scene.operator, f"/care/api/v1/cases/{request}")
    if case is None:
        await scene.pace.pause(SOON)
        return "look"
    visits = [_occasion(scene, visit, nth) for nth, visit in enumerate(case["visits"])]
    live = [visit for visit in visits if visit["state"] in ("Scheduled", "Begun")]
    if live:
        return await _become(scene, request, live[-1])
    waiting = [visit for visit in visits if visit["state"] in ("NoAnswer", "Refused")]
    if waiting and case["state"] == "Open":
        return await _again(scene, request, waiting[-1])
    await scene.pace.pause(SOON)
    return "look"


def _occasion(scene: Scene, visit: Any, nth: int) -> Any:
    """The visit with names for this occasion: another try of it goes by another script, under other keys."""
    tried = scene.tries[visit["visit"]]
    again = f".{tried}" if tried else ""
    return visit | {"nth": f"{nth}{again}", "step": f"{visit['visit']}{again}"}


async def _become(scene: Scene, request: str, visit: Any) -> str:
    """What becomes of a visit; which it is depends on the script and on nothing else."""
    which, start = visit["step"], datetime.fromisoformat(visit["slot_start"])
    path = f"/visits/{visit['visit']}"
    who = scene.helper(visit["helper"])
    becomes = scene.story.weighted(f"visit {visit['nth']}", BECOMES)
    asked = visit["asked_start"] is not None or visit["refusal"] != "" or which in scene.moved
    if becomes == "moved" and not asked:
        scene.moved.add(which)
        return await _move(scene, who, path, visit)
    if becomes == "drop":
        return await _drop(scene, request, who, visit)
    if becomes == "reassigned":
        await scene.does(
            "reassigned",
            scene.coordinator,
            "matching.Reassign",
            f"/matches/{request}/reassign",
            {"reason": "家属要求换人"},
            step=f"reassign-{which}",
        )
        await scene.pace.pause(SOON)
        return "look"
    await scene.pace.meet(start)
    if becomes in ("missed", "forgotten") and scene.pace.now() < start:
        becomes = "no_show"  # on a real clock the time of the visit doesn't come
    match becomes:
        case "no_show":
            await scene.does(
                "no-show",
                scene.coordinator,
                "matching.RecordNoShow",
                f"/matches/{request}/no-show",
                step=f"no-show-{which}",
            )
        case "missed":
            await scene.pace.pause(2 * SOON)
            await scene.does(
                "missed", scene.coordinator, "care.MissVisit", f"{path}/miss", {"reason": "约定时间无人上门"},
                step=f"miss-{which}",
            )  # fmt: skip
        case "forgotten":
            await scene.pace.until(datetime.fromisoformat(visit["slot_end"]) + timedelta(minutes=2 * SOON))
            scene.took("nobody recorded the visit")
        case "refused":
            await scene.does(
                "visit refused", who, "care.RefuseVisit", f"{path}/refuse", {"reason": "老人说今天不需要"},
                step=f"refuse-{which}",
            )  # fmt: skip
        case "no_answer":
            await _no_answer(scene, request, who, visit)
        case _:
            return await _done(scene, who, visit)
    await scene.pace.pause(SOON)
    return "look"


async def _done(scene: Scene, who: Who, visit: Any) -> str:
    which, path = visit["step"], f"/visits/{visit['visit']}"
    random = scene.story.random(f"done {visit['nth']}")
    begins = random.random() < 0.6  # noqa: PLR2004  most record that they came
    # Drawn in any case: whoever is shown the visit late tells of it again, in the same words.
    if visit["state"] == "Scheduled" and begins:
        await scene.does("visit begun", who, "care.BeginVisit", f"{path}/begin", step=f"begin-{which}")
    await scene.pace.meet(datetime.fromisoformat(visit["slot_end"]))
    body = {
        "minutes": random.randint(20, 110),
        "outcome": random.choice(OUTCOMES),
        "solved": random.random() < 0.95,  # noqa: PLR2004  nearly always
        "needs": [random.choice(NEEDS)] if random.random() < 0.06 else [],  # noqa: PLR2004  now and then
    }
    told = await scene.does(
        "visit done", who, "care.CompleteVisit", f"{path}/complete", body, step=f"done-{which}"
    )
    if told.done and scene.story.chance(f"told twice {visit['nth']}", 0.05):
        # The same key and body: the first answer, and no second event.
        again = await scene.tell(who, "care.CompleteVisit", f"{path}/complete", body, step=f"done-{which}")
        scene.took("command repeated" if again.body == told.body else "repetition answered differently")
    if told.done:
        return "reported"
    await scene.pace.pause(SOON)
    return "look"


async def _no_answer(scene: Scene, request: str, who: Who, visit: Any) -> None:
    """Nobody opens. For somebody frail the system raises a welfare check, which can't wait."""
    await scene.does(
        "no answer", who, "care.RecordNoAnswer", f"/visits/{visit['visit']}/no-answer",
        {"note": "敲门无人应"},
        step=f"no-answer-{visit['step']}",
    )  # fmt: skip
    await scene.pace.pause(0)
    found = await scene.desk.look(
        scene.operator, "/intake/api/v1/requests", cadre=str(scene.cadre.id), open=True
    )
    for row in found["items"]:
        if row["channel"] == "welfare_check" and row["linked"] == request:
            scene.took("welfare check raised")
            scene.adopt(row["id"], row["cadre"])


async def _move(scene: Scene, who: Who, path: str, visit: Any) -> str:
    """Another time is asked for; matching answers."""
    hours = scene.story.random(f"move {visit['nth']}").randint(3, 30)
    await scene.does(
        "move asked for", who, "care.RequestMove", f"{path}/move",
        {"slot": _later(visit, hours), "reason": "家属在场的时间有变"},
        step=f"move-{visit['step']}",
    )  # fmt: skip
    await scene.pace.pause(SOON)
    # The script of the moved visit would move it again: from here on it is done as agreed.
    case = await scene.desk.look(scene.operator, f"/care/api/v1/visits/{visit['visit']}")
    scene.took("visit moved" if case["slot_start"] != visit["slot_start"] else "move not possible")
    if case["state"] not in ("Scheduled", "Begun"):
        return "look"
    await scene.pace.meet(datetime.fromisoformat(case["slot_start"]))
    return await _done(scene, who, case | {"nth": visit["nth"], "step": visit["step"]})


def _later(visit: Any, hours: int) -> dict[str, str]:
    start, end = (datetime.fromisoformat(visit[name]) for name in ("slot_start", "slot_end"))
    later = timedelta(hours=hours)
    return {"start": (start + later).isoformat(), "end": (end + later).isoformat()}


async def _drop(scene: Scene, request: str, who: Who, visit: Any) -> str:
    """The helper can't after all: a day before, or on the way."""
    start = datetime.fromisoformat(visit["slot_start"])
    late = scene.story.chance(f"drops late {visit['nth']}", 0.5)
    await scene.pace.meet(start - timedelta(hours=2 if late else 30))
    await scene.does(
        "dropped late" if late else "dropped", who, "matching.DropAssignment", f"/matches/{request}/drop",
        {"reason": "临时有急事"},
        step=f"drop-{visit['step']}",
    )  # fmt: skip
    await scene.pace.pause(SOON)
    return "look"


async def _again(scene: Scene, request: str, visit: Any) -> str:
    """Nobody answered, or it wasn't wanted: another try, or it is called off."""
    which = visit["visit"]
    await scene.pace.pause(4 * SOON)
    if visit["asked_start"] is None and visit["refusal"] == "" and visit["state"] == "NoAnswer":
        start = max(scene.pace.now(), datetime.fromisoformat(visit["slot_end"])) + timedelta(hours=20)
        slot = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
        told = await scene.does(
            "another try", scene.coordinator, "care.ScheduleVisit", f"/visits/{which}/again",
            {"slot": slot, "reason": "家属说改天在家"},
            step=f"again-{visit['step']}",
        )  # fmt: skip
        if told.done:
            scene.tries[which] += 1
            await scene.pace.pause(SOON)
            return "look"
    await scene.does(
        "cancelled after the visit", scene.coordinator, "intake.CancelRequest", f"/requests/{request}/cancel",
        {"reason": "served_elsewhere", "note": "老人表示已不需要"},
        step=f"cancel-{which}",
    )  # fmt: skip
    await scene.pace.pause(SOON)
    return "look"
