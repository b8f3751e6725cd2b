"""Requests: what is done with them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder

from services.intake.domain.cadre_refusals import DeceasedError
from services.intake.domain.request import REQUEST
from services.intake.domain.request_commands import (
    CancelRequest,
    CorrectRequest,
    ExtendDeadline,
    HoldRequest,
    MarkDuplicate,
    OpenRequest,
    OverruleDuplicate,
    ReceiveRequest,
    RecordCallback,
    ReferToEmergencyLine,
    RejectRequest,
    RelinkRequest,
    Reopen,
    ReopenRequest,
    Replace,
    ResumeRequest,
    Triage,
    TriageRequest,
    WithdrawRequest,
)
from services.intake.domain.request_refusals import (
    LikelyDuplicateError,
    NotOpenDuplicateError,
    SameCadreError,
)
from services.intake.domain.request_states import OPEN, Received, Request, within
from services.intake.domain.service import SERVICE, Terms, service_id, terms_offered
from services.intake.sources import ids_of, likely_requests, person_for, person_now, terms_for
from shared.contracts.intake import RequestClosed
from shared.contracts.values import Channel
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext, Written
from shared.roles import Resource

router = APIRouter(tags=["requests"])
Done = tuple[Decider[Any], UUID]


@router.post("/requests", status_code=201, response_model=Written)
async def receive_request(command: ReceiveRequest, call: Call) -> Response:
    """Write a request down. 409 with `likely` when it resembles open ones and neither links nor overrules."""

    async def do(work: Work) -> Done:
        person = await person_for(work, command.cadre)
        call.permit(command, Resource(community=person.community, cadre=person.cadre))
        if command.duplicate_of is not None:
            await _check_open(work, command.duplicate_of)
        terms = await _terms(work, command.service, command.minutes) if command.service else None
        likely = await likely_requests(
            call.store.pool, work, command.cadre, command.caller.phone, command.service or ""
        )
        opening = OpenRequest(
            happened=command.happened,
            cadre=person.cadre,
            community=person.community,
            covered=person.covered,
            channel=Channel(command.channel.value),
            service=command.service or "",
            urgency=command.urgency,
            slot=command.slot,
            linked=command.linked,
            likely=ids_of(likely),
            caller=command.caller,
            elements=command.elements,
            overruled=command.overruled,
            duplicate_of=command.duplicate_of,
            terms=terms,
            side=person.side,
        )
        request = work.new_id("aggregate")
        try:
            await work.execute(REQUEST, request, opening, begins=True)
        except LikelyDuplicateError as error:
            raise LikelyDuplicateError(likely=jsonable_encoder(likely)) from error
        return REQUEST, request

    return await call.perform(command, do, status=201)


async def _check_open(work: Work, request: UUID) -> None:
    state = await work.load(REQUEST, request)
    if not isinstance(state, OPEN):
        raise NotOpenDuplicateError("duplicate_of")


async def _terms(work: Work, code: str, minutes: int | None) -> Terms:
    service = await work.load(SERVICE, service_id(code))
    terms = terms_offered(service, code)
    return terms.model_copy(update={"minutes": minutes}) if minutes else terms


@router.post("/requests/{request}/triage", response_model=Written)
async def triage_request(request: UUID, command: TriageRequest, call: Call) -> Response:
    """Choose the service and the urgency; the catalogue and the register say the rest."""

    async def do(work: Work) -> Done:
        state = await _existing(work, request)
        person = await person_now(work, state.facts.cadre)
        if person is None:
            raise DeceasedError
        terms = await _terms(work, command.service, command.minutes)
        told = Triage(
            happened=command.happened,
            community=person.community,
            terms=terms,
            urgency=command.urgency or terms.urgency,
            slot=command.slot,
            side=person.side,
        )
        await call.decide(work, REQUEST, request, command, told=told)
        return REQUEST, request

    return await call.perform(command, do, request)


async def _existing(work: Work, request: UUID) -> Request:
    state = await work.load(REQUEST, request)
    if state is None:
        raise UnknownError(what="request")
    return state


@router.post("/requests/{request}/duplicate", response_model=Written)
async def mark_duplicate(request: UUID, command: MarkDuplicate, call: Call) -> Response:
    """Say that another open request is the same; that one goes on."""

    async def do(work: Work) -> Done:
        await _check_open(work, command.of)
        await call.decide(work, REQUEST, request, command)
        return REQUEST, request

    return await call.perform(command, do, request)


@router.post("/requests/{request}/overrule", response_model=Written)
async def overrule_duplicate(request: UUID, command: OverruleDuplicate, call: Call) -> Response:
    """Say that it is another matter than the open requests it was suspected to repeat."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/relink", status_code=201, response_model=Written)
async def relink_request(request: UUID, command: RelinkRequest, call: Call) -> Response:
    """Receive it anew under the right person and withdraw this one as an error; answers with the new one."""

    async def do(work: Work) -> Done:
        state = await _existing(work, request)
        facts = state.facts
        if command.cadre == facts.cadre:
            raise SameCadreError("cadre")
        anew = work.new_id("relinked")
        told = Replace(happened=command.happened, replaced_by=anew, note=command.note)
        await call.decide(work, REQUEST, request, command, told=told)
        person = await person_for(work, command.cadre)
        triaged = not isinstance(within(state), Received)
        opening = OpenRequest(
            cadre=person.cadre,
            community=person.community,
            covered=person.covered,
            channel=Channel.RELINKED,
            service=facts.service,
            urgency=facts.urgency,
            slot=facts.slot,
            linked=request,
            caller=facts.caller,
            elements=facts.elements,
            terms=await terms_for(work, facts.service) if triaged else None,
            side=person.side,
        )
        await work.execute(REQUEST, anew, opening, begins=True)
        return REQUEST, anew

    return await call.perform(command, do, request, status=201)


@router.post("/requests/{request}/reopen", response_model=Written)
async def reopen_request(request: UUID, command: ReopenRequest, call: Call) -> Response:
    """Open a closed request again, within some days; for an audit's finding at any time."""

    async def do(work: Work) -> Done:
        state = await _existing(work, request)
        if await person_now(work, state.facts.cadre) is None:
            raise DeceasedError
        within_time = work.settings.reopen_within
        told = Reopen(
            happened=command.happened,
            reason=command.reason,
            note=command.note,
            until=await _closed(call, request, work) + within_time,
            days=within_time.days,
        )
        await call.decide(work, REQUEST, request, command, told=told)
        return REQUEST, request

    return await call.perform(command, do, request)


async def _closed(call: CallContext, request: UUID, work: Work) -> Any:
    history = await call.store.read_stream(REQUEST.stream(request))
    times = [one.envelope.recorded for one in history if isinstance(one.event, RequestClosed)]
    return times[-1] if times else work.at


@router.post("/requests/{request}/correct", response_model=Written)
async def correct_request(request: UUID, command: CorrectRequest, call: Call) -> Response:
    """Put the elements or the time asked for right."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/hold", response_model=Written)
async def hold_request(request: UUID, command: HoldRequest, call: Call) -> Response:
    """Let it wait; its deadlines pause."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/resume", response_model=Written)
async def resume_request(request: UUID, command: ResumeRequest, call: Call) -> Response:
    """Let it go on."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/emergency", response_model=Written)
async def refer_to_emergency_line(request: UUID, command: ReferToEmergencyLine, call: Call) -> Response:
    """Hand it over to an emergency line."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/reject", response_model=Written)
async def reject_request(request: UUID, command: RejectRequest, call: Call) -> Response:
    """Not for us; say where the caller was referred to."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/cancel", response_model=Written)
async def cancel_request(request: UUID, command: CancelRequest, call: Call) -> Response:
    """No longer needed."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/withdraw", response_model=Written)
async def withdraw_request(request: UUID, command: WithdrawRequest, call: Call) -> Response:
    """Taken back by the caller or the family."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/callback", response_model=Written)
async def record_callback(request: UUID, command: RecordCallback, call: Call) -> Response:
    """Solved closes it, unsolved opens it again, unreached is counted."""
    return await call.execute(REQUEST, request, command)


@router.post("/requests/{request}/extend", response_model=Written)
async def extend_deadline(request: UUID, command: ExtendDeadline, call: Call) -> Response:
    """Give the present stage half its time once more."""
    return await call.execute(REQUEST, request, command)
