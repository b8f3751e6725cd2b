"""What happens beside requests: hospital, moves, deaths, assessments, plans, absences, unknown people."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from deploy.demo.traffic.people import ADMIN
from deploy.demo.traffic.scene import SOON, Scene
from shared.deadlines import SHANGHAI

A_DAY = 24 * 60.0
RISKS = {"high": 1, "key": 4, "general": 5}
FLAGS = ("living_alone", "empty_nest", "bedridden", "no_self_care")

Life = Callable[[Scene], Awaitable[None]]


def _path(scene: Scene, verb: str) -> str:
    return f"/cadres/{scene.cadre.id}/{verb}"


async def _hospital(scene: Scene) -> None:
    """Admitted, and back after some days."""
    told = await scene.does(
        "admitted to hospital", scene.operator, "intake.AdmitCadre", _path(scene, "admit"),
        {"hospital": "市人民医院"},
        step="admit",
    )  # fmt: skip
    if not told.done:
        return
    await scene.pace.pause(scene.story.between("days", 2, 12) * A_DAY)
    await scene.does(
        "back from hospital",
        scene.operator,
        "intake.DischargeCadre",
        _path(scene, "discharge"),
        step="discharge",
    )


async def _moved(scene: Scene) -> None:
    """To another community of the city."""
    others = [
        one
        for one in sorted(scene.town.communities, key=scene.town.communities.__getitem__)
        if one != scene.cadre.community
    ]
    await scene.does(
        "moved", scene.operator, "intake.MoveCadre", _path(scene, "move"),
        {
            "community": str(scene.story.one_of("where to", others)),
            "residence": {"address": "新居 3 号楼 201 室"},
        },
        step="move",
    )  # fmt: skip


async def _died(scene: Scene) -> None:
    """What is open ends."""
    day = scene.pace.now().astimezone(SHANGHAI).date()
    await scene.does(
        "died",
        scene.operator,
        "intake.RecordDeath",
        _path(scene, "death"),
        {"on": day.isoformat()},
        step="death",
    )


async def _assessed(scene: Scene) -> None:
    """A hardship, for a time."""
    day = scene.pace.now().astimezone(SHANGHAI).date()
    until = day + timedelta(days=scene.story.random("how long").choice((5, 20, 180, 365)))
    await scene.does(
        "hardship assessed",
        scene.town.secretary(scene.cadre.community),
        "intake.AssessHardship",
        _path(scene, "hardships"),
        {
            "flag": scene.story.one_of("flag", FLAGS),
            "validity": {"valid_from": day.isoformat(), "valid_to": until.isoformat()},
            "note": "入户评估",
        },
        step="assess",
    )


async def _planned(scene: Scene) -> None:
    """Regular care; for some it rests for a while."""
    secretary = scene.town.secretary(scene.cadre.community)
    risk = scene.story.weighted("risk", RISKS)
    body = {"cadre": str(scene.cadre.id), "risk": risk}
    told = await scene.does("plan assessed", secretary, "care.AssessPlan", "/plans", body, step="plan")
    if not told.done:
        return
    await scene.pace.pause(scene.story.between("agrees", 1, 3) * A_DAY)
    path = f"/plans/{told.id}"
    await scene.does(
        "plan activated", secretary, "care.ActivatePlan", f"{path}/activate", step="plan-activate"
    )
    if scene.story.chance("rests", 0.3):
        await scene.pace.pause(10 * A_DAY)
        body = {"reason": "away"}
        await scene.does(
            "plan suspended", secretary, "care.SuspendPlan", f"{path}/suspend", body, step="plan-suspend"
        )
        await scene.pace.pause(6 * A_DAY)
        await scene.does("plan resumed", secretary, "care.ResumePlan", f"{path}/resume", step="plan-resume")


async def _absent(scene: Scene) -> None:
    """A helper is away for some days."""
    helper = scene.town.helpers[scene.story.one_of("helper", list(scene.town.helpers))]
    start = scene.pace.now() + timedelta(days=1)
    end = start + timedelta(days=scene.story.random("away").randint(1, 6))
    await scene.does(
        "helper absent", helper.account, "matching.NoteAbsence", f"/helpers/{helper.id}/absences",
        {"slot_start": start.isoformat(), "slot_end": end.isoformat(), "reason": "回乡"},
        step="absence",
    )  # fmt: skip


async def _suspended(scene: Scene) -> None:
    """A helper gets no offers for a week."""
    helper = scene.town.helpers[scene.story.one_of("helper", list(scene.town.helpers))]
    who = scene.town.subdistrict(helper.community or scene.cadre.community)
    told = await scene.does(
        "helper suspended", who, "matching.SuspendHelper", f"/helpers/{helper.id}/suspend",
        {"reason": "待核实投诉"},
        step="suspend",
    )  # fmt: skip
    if told.done:
        await scene.pace.pause(7 * A_DAY)
        await scene.does(
            "helper resumed", who, "matching.ResumeHelper", f"/helpers/{helper.id}/resume", step="resume"
        )


async def _paired(scene: Scene) -> None:
    """A standing bond with a volunteer next door."""
    near = [
        str(one.id)
        for one in scene.town.helpers.values()
        if one.kind == "volunteer" and one.community == scene.cadre.community
    ]
    if near:
        await scene.does(
            "pairing begun", scene.coordinator, "matching.BeginPairing", "/pairings",
            {"helper": scene.story.one_of("volunteer", near), "cadre": str(scene.cadre.id)},
            step="pairing",
        )  # fmt: skip


async def _unknown(scene: Scene) -> None:
    """Somebody speaks for a person nobody knows, who turns out to be in the register."""
    name = scene.story.one_of("who", ("姓李的老同志", "三楼的老王", "住平房的赵老师"))
    told = await scene.does(
        "person unknown", scene.operator, "intake.RegisterProvisional", "/cadres/provisional",
        {"community": str(scene.cadre.community), "details": {"name": name}},
        step="provisional",
    )  # fmt: skip
    if not told.done:
        return
    await scene.pace.pause(0)
    await scene.does(
        "received for a person unknown", scene.operator, "intake.ReceiveRequest", "/requests",
        {"cadre": told.id, "elements": {"what": "邻居代为求助，请先核实"}},
        step="provisional-request",
    )  # fmt: skip
    await scene.pace.pause(SOON * 20)
    await scene.does(
        "files merged",
        scene.operator,
        "intake.MergeCadres",
        _path(scene, "merge"),
        {"merged": told.id},
        step="merge",
    )


async def _consent(scene: Scene) -> None:
    """Whether family may read medical notes."""
    who = scene.town.secretary(scene.cadre.community)
    body = {"family_reads_medical": True}
    await scene.does(
        "consent recorded", who, "intake.RecordConsent", _path(scene, "consent"), body, step="consent"
    )


async def _overreaching(scene: Scene) -> None:
    """An administrator tries what only those may who know the case."""
    told = await scene.tell(
        ADMIN, "intake.RecordDeath", _path(scene, "death"), {"on": "2026-01-01"}, step="wrong-role"
    )
    scene.took("wrong role refused" if not told.done else "wrong role ALLOWED")
    if told.done:
        scene.desk.ledger.strange.append("an administrator could record a death")


LIVES: dict[Life, float] = {
    _hospital: 20,
    _assessed: 20,
    _planned: 16,
    _absent: 12,
    _moved: 8,
    _paired: 8,
    _unknown: 8,
    _consent: 6,
    _suspended: 4,
    _died: 3,
    _overreaching: 3,
}
"""How often each of them happens."""
