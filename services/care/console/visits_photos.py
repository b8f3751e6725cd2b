"""Photos of a visit: added, and looked at."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from services.care.api.photos import attach, get_photo
from services.care.evidence import MOST, FileTooLargeError
from shared.console.session import Key, Visit, see
from shared.contracts.values import Brief

router = APIRouter()


@router.post("/visits/{visit}/photos")
async def add_photo(
    visit: UUID,
    who: Visit,
    key: Key,
    file: Annotated[UploadFile, File()],
    label: Annotated[Brief, Form()] = "",
    located: Annotated[bool, Form()] = False,  # noqa: FBT002  a box that is ticked
) -> Response:
    """One more."""
    plain = await file.read(MOST + 1)
    if len(plain) > MOST:
        raise FileTooLargeError("file")
    await who.shows(await attach(visit, plain, label, who.call(key), located=located))
    return see(f"/care/visits/{visit}?said=photo")


@router.get("/visits/{visit}/photos/{sha256}")
async def photo(visit: UUID, sha256: str, who: Visit) -> Response:
    """One of them."""
    return await get_photo(visit, sha256, who.reading)
