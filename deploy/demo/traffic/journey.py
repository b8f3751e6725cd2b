"""One request from the call to its end, by looking where it stands and doing what is next."""

from typing import Any

from deploy.demo.traffic.asking import asking
from deploy.demo.traffic.calling import call_in, triage
from deploy.demo.traffic.closing import afterwards, call_back, wait_a_while
from deploy.demo.traffic.funding import ask_for_money
from deploy.demo.traffic.scene import SOON, Scene
from deploy.demo.traffic.story import SERVICES
from deploy.demo.traffic.visiting import visiting

STEPS = 90
"""After so many steps nobody cares any more; the request stands in its list."""

OPEN = (
    "Received", "Triaged", "Matching", "Assigned", "InProgress", "ServiceReported", "CallbackDue", "Reopened",
    "OnHold", "Escalated",
)  # fmt: skip
ENDED = ("Closed", "ReferredToEmergencyLine", "Duplicate", "Rejected", "Cancelled", "Withdrawn")


async def live(scene: Scene) -> None:
    """Somebody calls, and the request is followed to its end."""
    request = await call_in(scene)
    if request is not None:
        await scene.pace.pause(0)
        await follow(scene, request, "asking")


async def follow(scene: Scene, request: str, part: str = "look") -> None:
    """Follow a request that may be anywhere on its way."""
    scene.desk.ledger.standing.pop(request, None)
    asked_for_money = waited = came_back = False
    done, state = 0, ""
    for _ in range(STEPS):
        match part:
            case "asking":
                part = await asking(scene, request)
            case "visiting" if not waited and scene.story.chance("asks to wait", 0.03):
                waited = True
                part = await _asks_to_wait(scene, request)
            case "visiting":
                part = await visiting(scene, request)
            case "reported" if not asked_for_money and _needs_money(scene):
                asked_for_money = True
                await scene.pace.pause(0)
                await ask_for_money(scene, request)
                part = "look"
            case "reported":
                done += 1
                await wait_a_while(scene, done)
                part = "look"
            case "closed":
                scene.took("closed")
                part = "over" if came_back or not await afterwards(scene, request) else "look"
                came_back = True
            case _:
                row = await scene.sees(scene.operator, f"/intake/api/v1/requests/{request}")
                scene = scene.moved_to(row["community"] if row else None)
                state = row["state"] if row else ""
                part = await _next(scene, request, row or {"state": ""})
        if part == "over":
            return
    scene.took(f"left standing: {state}")
    scene.desk.ledger.standing[request] = scene.cadre.id


def _needs_money(scene: Scene) -> bool:
    service = scene.story.weighted("service", SERVICES)
    return service == "hardship_aid" or scene.story.chance("needs money too", 0.02)


async def _asks_to_wait(scene: Scene, request: str) -> str:
    """Before the visit the caller may ask to wait a day."""
    told = await scene.tell(
        scene.coordinator,
        "intake.HoldRequest",
        f"/requests/{request}/hold",
        {"reason": "caller_asked", "note": "家里来客，过一天再说"},
        step="hold",
    )
    scene.took("put on hold" if told.done else "hold refused")
    await scene.pace.pause(SOON)
    return "look"


async def _next(scene: Scene, request: str, row: Any) -> str:
    """What is next where the request stands."""
    match row["state"]:
        case "Received":
            return "asking" if await triage(scene, request, _service(scene, row)) else "over"
        case "Triaged" | "Matching" | "Reopened":
            return "asking"
        case "Assigned" | "InProgress":
            return "visiting"
        case "CallbackDue":
            return await call_back(scene, request, row)
        case "OnHold":
            return await _resume(scene, request, row)
        case "Closed":
            return "closed"
        case state if state in ENDED:
            scene.took(f"ended: {state}")
            return "over"
        case _:
            await scene.pace.pause(8 * SOON)
            return "look"


def _service(scene: Scene, row: dict[str, str]) -> str:
    return row["service"] or scene.story.weighted("service", SERVICES)


async def _resume(scene: Scene, request: str, row: dict[str, str]) -> str:
    await scene.pace.pause(16 * SOON)
    await scene.does(
        "resumed",
        scene.coordinator,
        "intake.ResumeRequest",
        f"/requests/{request}/resume",
        step=f"resume-{row['version']}",
    )
    await scene.pace.pause(SOON)
    return "look"
