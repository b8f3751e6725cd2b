"""From a triaged request to somebody who does it: offers answered or not, and what if nobody is left."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.demo.traffic.scene import SOON, Scene

ANSWERS = {"accept": 72, "decline": 14, "silent": 10, "revoke": 2, "withdrawn": 2}


async def asking(scene: Scene, request: str) -> str:
    """What the match needs next."""
    match = await scene.sees(scene.coordinator, f"/matching/api/v1/matches/{request}")
    if match is None:
        await scene.pace.pause(SOON)
        return "look"
    match match["state"]:
        case "Offering":
            offers = [one | {"nth": nth} for nth, one in enumerate(match["offers"]) if one["state"] == "Open"]
            return await _offers(scene, request, offers)
        case "Assigned":
            return "visiting"
        case "Exhausted":
            return await _nobody_left(scene, request, match)
        case "Opened":  # mostly at night, when nobody is asked
            await scene.pace.pause(4 * SOON)
            return "asking"
        case _:
            await scene.pace.pause(4 * SOON)
            return "look"


async def _offers(scene: Scene, request: str, offers: Sequence[Any]) -> str:
    """Those who are asked make up their minds; in a rescue the first to come has it."""
    if not offers:
        await scene.pace.pause(SOON)
        return "asking"
    answered = [(offer, scene.story.weighted(f"answer {offer['nth']}", ANSWERS)) for offer in offers]
    await _think(scene, offers)
    yes = [offer for offer, answer in answered if answer in ("accept", "withdrawn")]
    if any(answer == "withdrawn" for _, answer in answered):
        return await _withdrawn_meanwhile(scene, request, yes[0])
    told = [await _no(scene, request, offer, answer) for offer, answer in answered if offer not in yes]
    if yes:
        taken = await asyncio.gather(*(accept(scene, request, offer) for offer in yes))
        if len(yes) > 1:
            scene.took("several accepted at once")
        if any(taken):
            await scene.pace.pause(0)
            return "visiting"
        await scene.pace.pause(4 * SOON)
        return "look"
    if not any(told):
        await scene.pace.until(max(datetime.fromisoformat(offer["expires"]) for offer in offers))
        scene.took("offer left to expire")
    await scene.pace.pause(0)
    return "asking"


async def _think(scene: Scene, offers: Sequence[Any]) -> None:
    """Nobody answers within the same second; who has only minutes answers in the first of them."""
    left = min(datetime.fromisoformat(offer["expires"]) for offer in offers) - scene.pace.now()
    minutes = scene.story.between(f"thinks {offers[0]['nth']}", 10, 110)
    if left > timedelta(minutes=minutes + SOON):
        await scene.pace.pause(minutes)


async def accept(scene: Scene, request: str, offer: Any) -> bool:
    """The helper says yes; if they can't after all they decline. Gives whether they have it."""
    who = scene.helper(offer["helper"])
    told = await scene.tell(
        who,
        "matching.AcceptOffer",
        f"/matches/{request}/accept",
        {"offer": offer["offer"]},
        step=f"accept-{offer['offer']}",
    )
    if told.done:
        scene.took("offer accepted")
        return True
    scene.took(
        "accepted too late" if told.code in ("FirstCame", "OfferOver", "OfferLapsed") else "accept refused"
    )
    if told.code in ("Overlap", "WeekFull", "Away", "Recused"):
        await _no(scene, request, offer, "decline")
    return False


async def _no(scene: Scene, request: str, offer: Any, answer: str) -> bool:
    """A decline, an offer taken back, or nothing at all. Gives whether anything was said."""
    if answer == "silent":
        return False
    if answer == "revoke":
        told = await scene.tell(
            scene.coordinator,
            "matching.RevokeOffer",
            f"/matches/{request}/revoke",
            {"offer": offer["offer"]},
            step=f"revoke-{offer['offer']}",
        )
        scene.took("offer revoked" if told.done else "revoke refused")
        return True
    reason = scene.story.one_of(f"why not {offer['nth']}", ("busy", "too_far", "unwell", "personal"))
    told = await scene.tell(
        scene.helper(offer["helper"]),
        "matching.DeclineOffer",
        f"/matches/{request}/decline",
        {"offer": offer["offer"], "reason": reason},
        step=f"decline-{offer['offer']}",
    )
    scene.took("offer declined" if told.done else "decline refused")
    return True


async def _withdrawn_meanwhile(scene: Scene, request: str, offer: Any) -> str:
    """The family calls it off in the moment in which a helper says yes."""
    withdrawn, _ = await asyncio.gather(
        scene.tell(
            scene.operator,
            "intake.WithdrawRequest",
            f"/requests/{request}/withdraw",
            {"reason": "family"},
            step=f"withdraw-{offer['offer']}",
        ),
        accept(scene, request, offer),
    )
    scene.took("withdrawn as it was accepted" if withdrawn.done else "withdraw refused")
    await scene.pace.pause(SOON)
    return "look"


async def _nobody_left(scene: Scene, request: str, match: Any) -> str:
    """The coordinator asks everybody again, asks one directly, or says that it was done elsewhere."""
    scene.took("nobody left to ask")
    await scene.pace.pause(scene.story.between(f"sees it {match['version']}", 30, 180))
    step = f"exhausted-{match['version']}"
    if match["round"] == 1:
        told = await scene.tell(
            scene.coordinator, "matching.RankAgain", f"/matches/{request}/rank-again", step=step
        )
        scene.took("ranked again" if told.done else "ranking again refused")
    elif scene.story.chance(step, 0.5) and (choice := _choice(scene, step)):
        # Reckoned from what was seen, so that seeing the same again asks for the same.
        start = datetime.fromisoformat(match["since"]) + timedelta(
            hours=scene.story.random(step).randint(26, 70)
        )
        slot = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
        told = await scene.tell(
            scene.coordinator,
            "matching.MakeOffer",
            f"/matches/{request}/offers",
            {"helper": choice, "slot": slot},
            step=step,
        )
        scene.took("asked one directly" if told.done else "asking directly refused")
        if not told.done:
            return await _give_up(scene, request, step)
    else:
        return await _give_up(scene, request, step)
    await scene.pace.pause(0)
    return "asking"


def _choice(scene: Scene, step: str) -> str:
    local = [one for one in scene.town.helpers.values() if one.community == scene.cadre.community]
    return str(scene.story.one_of(f"{step} who", [str(one.id) for one in local])) if local else ""


async def _give_up(scene: Scene, request: str, step: str) -> str:
    told = await scene.tell(
        scene.coordinator,
        "intake.CancelRequest",
        f"/requests/{request}/cancel",
        {"reason": "served_elsewhere", "note": "家属已自行解决"},
        step=f"{step}-cancel",
    )
    scene.took("cancelled, nobody was found" if told.done else "cancel refused")
    await scene.pace.pause(SOON)
    return "look"
