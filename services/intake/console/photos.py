"""The photo on a file: put there, and shown where the person is shown."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile

from services.intake.api.photos import get_photo, keep
from services.intake.console.desk import refusal, to, written
from services.intake.console.person import person_of
from services.intake.console.register import Refused, show
from services.intake.console.register_verbs import PHOTO
from services.intake.photos import MOST
from shared.console.session import Key, Visit, see
from shared.errors import DomainError

router = APIRouter()


@router.get("/register/{cadre}/photo")
async def photo(cadre: UUID, visit: Visit) -> Response:
    """As it is on file."""
    return await get_photo(cadre, visit.reading)


@router.post("/register/{cadre}/photo")
async def put(
    request: Request, cadre: UUID, visit: Visit, key: Key, file: Annotated[UploadFile, File()]
) -> Response:
    """In the place of an earlier one."""
    try:
        await written(visit, await keep(cadre, await file.read(MOST + 1), visit.call(key)))
    except DomainError as error:
        status, message = refusal(visit, error)
        refused = Refused(PHOTO, {}, status, message=message)
        return await show(request, visit, await person_of(visit, cadre), refused)
    return see(to(f"register/{cadre}", said=PHOTO))
