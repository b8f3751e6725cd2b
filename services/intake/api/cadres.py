"""The register: what is done with a file."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_commands import (
    AdmitCadre,
    AssessHardship,
    BeMerged,
    CorrectDetails,
    DischargeCadre,
    FollowUpRetraction,
    IdentifyPerson,
    MergeCadres,
    MoveCadre,
    NameGuarantors,
    RecordConsent,
    RecordDeath,
    RegisterCadre,
    RegisterProvisional,
    Retract,
    RetractDeath,
    WithdrawHardship,
    cadre_id,
)
from services.intake.domain.cadre_file import Deceased
from services.intake.sources import check_community, everyone
from shared.contracts.command import Command
from shared.contracts.intake import CadreDeceased
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext, Written
from shared.roles import Resource

router = APIRouter(tags=["cadres"])


@router.post("/cadres", status_code=201, response_model=Written)
async def register_cadre(command: RegisterCadre, call: Call) -> Response:
    """Enter a cadre; an ID number is entered once."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(command, Resource(community=command.community))
        await check_community(work, command.community)
        salt = await work.store.vault.salt()
        cadre = cadre_id(command.details, salt) if command.details.id_number else work.new_id("aggregate")
        await work.execute(CADRE, cadre, command)
        return CADRE, cadre

    return await call.perform(command, do, status=201)


@router.post("/cadres/provisional", status_code=201, response_model=Written)
async def register_provisional(command: RegisterProvisional, call: Call) -> Response:
    """Enter somebody whom nobody knows yet."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(command, Resource(community=command.community))
        await check_community(work, command.community)
        cadre = work.new_id("aggregate")
        await work.execute(CADRE, cadre, command)
        return CADRE, cadre

    return await call.perform(command, do, status=201)


@router.post("/cadres/{cadre}/identify", response_model=Written)
async def identify_person(cadre: UUID, command: IdentifyPerson, call: Call) -> Response:
    """Say who a provisional person is."""
    return await _settled(call, cadre, command, command.community)


@router.post("/cadres/{cadre}/move", response_model=Written)
async def move_cadre(cadre: UUID, command: MoveCadre, call: Call) -> Response:
    """Say where the cadre lives from a day on."""
    return await _settled(call, cadre, command, command.community)


async def _settled(call: CallContext, cadre: UUID, command: Command, community: UUID) -> Response:
    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        await check_community(work, community)
        await call.decide(work, CADRE, cadre, command)
        return CADRE, cadre

    return await call.perform(command, do, cadre)


@router.post("/cadres/{cadre}/merge", response_model=Written)
async def merge_cadres(cadre: UUID, command: MergeCadres, call: Call) -> Response:
    """Say that another file is the same person; both histories stay and show each other."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        await call.decide(work, CADRE, cadre, command)
        survivor = await work.load(CADRE, cadre)
        merging = BeMerged(into=cadre, deceased=isinstance(survivor, Deceased), happened=command.happened)
        await work.execute(CADRE, command.merged, merging)
        return CADRE, cadre

    return await call.perform(command, do, cadre)


@router.post("/cadres/{cadre}/correct", response_model=Written)
async def correct_details(cadre: UUID, command: CorrectDetails, call: Call) -> Response:
    """Put the file right; the correction names what it corrects."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/hardships", response_model=Written)
async def assess_hardship(cadre: UUID, command: AssessHardship, call: Call) -> Response:
    """Say that a hardship holds, and until when."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/hardships/withdraw", response_model=Written)
async def withdraw_hardship(cadre: UUID, command: WithdrawHardship, call: Call) -> Response:
    """Say that an assessment holds no longer."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/guarantors", response_model=Written)
async def name_guarantors(cadre: UUID, command: NameGuarantors, call: Call) -> Response:
    """Name the persons of the four-party guarantee."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/admit", response_model=Written)
async def admit_cadre(cadre: UUID, command: AdmitCadre, call: Call) -> Response:
    """In hospital: what isn't urgent waits."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/discharge", response_model=Written)
async def discharge_cadre(cadre: UUID, command: DischargeCadre, call: Call) -> Response:
    """Back from hospital."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/death", response_model=Written)
async def record_death(cadre: UUID, command: RecordDeath, call: Call) -> Response:
    """The cadre has died: what is open ends."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/retract-death", response_model=Written)
async def retract_death(cadre: UUID, command: RetractDeath, call: Call) -> Response:
    """It was recorded in error: the file is as before; what had ended waits on the list of what is to do."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        history = await call.store.read_stream(CADRE.stream(cadre))
        deaths = [one.envelope.id for one in history if isinstance(one.event, CadreDeceased)]
        _, *also = await everyone(work, cadre)
        told = Retract(**dict(command), corrects=deaths[-1] if deaths else None, also=tuple(also))
        await call.decide(work, CADRE, cadre, command, told=told)
        return CADRE, cadre

    return await call.perform(command, do, cadre)


@router.post("/cadres/{cadre}/follow-up", response_model=Written)
async def follow_up_retraction(cadre: UUID, command: FollowUpRetraction, call: Call) -> Response:
    """What a death recorded in error had ended was seen to."""
    return await call.execute(CADRE, cadre, command)


@router.post("/cadres/{cadre}/consent", response_model=Written)
async def record_consent(cadre: UUID, command: RecordConsent, call: Call) -> Response:
    """Whether family may read medical notes."""
    return await call.execute(CADRE, cadre, command)
