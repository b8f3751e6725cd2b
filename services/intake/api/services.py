"""The catalogue of services."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.intake.domain.service import SERVICE, DefineService, RetireService, service_id
from shared.contracts.values import Code
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, Written
from shared.http.reading import Page, Reading
from shared.roles import Resource

router = APIRouter(tags=["services"])


@router.get("/services")
async def list_services(reading: Reading, *, retired: bool = False) -> Page[dict[str, Any]]:
    """The catalogue, all on one page; those that aren't offered any more on request."""
    reading.reach("read_services")
    rows = await reading.pool.fetch("SELECT * FROM services WHERE $1 OR NOT retired ORDER BY code", retired)
    return Page(items=[dict(row) for row in rows])


@router.post("/services", status_code=201, response_model=Written)
async def define_service(command: DefineService, call: Call) -> Response:
    """Offer a service, or revise what is said of it."""
    service = service_id(command.code)

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(command, Resource())
        await work.execute(SERVICE, service, command)
        return SERVICE, service

    return await call.perform(command, do, status=201)


@router.post("/services/{code}/retire", response_model=Written)
async def retire_service(code: Code, command: RetireService, call: Call) -> Response:
    """Offer it no more."""
    return await call.execute(SERVICE, service_id(code), command)
