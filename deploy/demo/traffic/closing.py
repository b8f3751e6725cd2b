"""The callback, and what may still come after it."""

from typing import Any

from deploy.demo.traffic.people import AUDITOR
from deploy.demo.traffic.scene import SOON, Scene

ANSWERS = {"solved": 86, "unsolved": 5, "unreached": 9}
MOST_CALLS = 3


async def wait_a_while(scene: Scene, done: int) -> None:
    """Nobody calls back at once."""
    await scene.pace.pause(scene.story.between(f"calls back {done}", 30, 400))


async def call_back(scene: Scene, request: str, row: Any) -> str:
    """Ask whether it was solved. After three calls without an answer it ends as unreachable."""
    attempts = int(row["attempts"])
    which = f"{row['round']}-{attempts}"
    if attempts >= MOST_CALLS:
        await scene.does(
            "cancelled, unreachable",
            scene.operator,
            "intake.CancelRequest",
            f"/requests/{request}/cancel",
            {"reason": "unreachable", "note": "三次回访未接通"},
            step=f"unreachable-{which}",
        )
        return "look"
    random = scene.story.random(f"callback {which}")
    outcome = scene.story.weighted(f"outcome {which}", ANSWERS)
    body: dict[str, Any] = {"outcome": outcome}
    if outcome == "solved":
        body |= {"satisfaction": random.choices((5, 4, 3), (7, 3, 1))[0]}
    elif outcome == "unsolved":
        body |= {"satisfaction": random.choice((1, 2)), "note": "问题没有解决"}
    told = await scene.does(
        f"callback: {outcome}",
        scene.operator,
        "intake.RecordCallback",
        f"/requests/{request}/callback",
        body,
        step=f"callback-{which}",
    )
    if told.done and outcome == "solved":
        return "closed"
    await scene.pace.pause(0 if outcome == "unsolved" else scene.story.between(f"again {which}", 60, 300))
    return "look"


async def afterwards(scene: Scene, request: str) -> bool:
    """A closed request may come back, once. Gives whether it did."""
    late = scene.story.chance("too late", 0.2)
    if scene.story.chance("recurs", 0.03):
        await scene.pace.pause(60 * 24 * (9 if late else 2))
        who, reason = scene.operator, "recurs"
    elif scene.story.chance("audit", 0.01):
        await scene.pace.pause(60 * 24)
        who, reason = AUDITOR, "audit_finding"
    else:
        return False
    told = await scene.does(
        f"reopened: {reason}",
        who,
        "intake.ReopenRequest",
        f"/requests/{request}/reopen",
        {"reason": reason, "note": "同样的问题又出现了"},
        step="reopen",
    )
    await scene.pace.pause(SOON)
    return told.done
