"""The photo on a file of the register."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.intake import photos
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_commands import KeepPhoto, RemovePhoto
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext, Written
from shared.http.reading import Reading
from shared.roles import Resource

router = APIRouter(tags=["cadres"])

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/cadres/{cadre}/photo", openapi_extra=UPLOAD, response_model=Written)
async def keep_photo(cadre: UUID, request: Request, call: Call) -> Response:
    """A JPEG of 256 KiB at the most, in the place of an earlier one; what a camera wrote beside it goes."""
    taken = bytearray()
    async for chunk in request.stream():
        taken += chunk
        if len(taken) > photos.MOST:
            break
    return await keep(cadre, bytes(taken), call)


async def keep(cadre: UUID, plain: bytes, call: CallContext) -> Response:
    """A photo, kept and named in the file."""
    picture = photos.checked(plain)
    command = KeepPhoto(sha256=photos.name_of(picture), size=len(picture))

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        await call.decide(work, CADRE, cadre, command)
        await photos.put(call.store, cadre, picture)
        return CADRE, cadre

    return await call.perform(command, do, cadre)


@router.post("/cadres/{cadre}/photo/remove", response_model=Written)
async def remove_photo(cadre: UUID, command: RemovePhoto, call: Call) -> Response:
    """No photo is to be on file."""
    return await call.execute(CADRE, cadre, command)


@router.get("/cadres/{cadre}/photo")
async def get_photo(cadre: UUID, reading: Reading) -> Response:
    """The photo on file."""
    reading.reach("read_photo")
    row = await reading.pool.fetchrow("SELECT community, unit, photo FROM cadres WHERE id = $1", cadre)
    if row is None or not row["photo"]:
        raise UnknownError(what="photo")
    reading.permit("read_photo", Resource(community=row["community"], cadre=cadre, unit=row["unit"]))
    picture = await photos.take(reading.running.store, cadre, row["photo"])
    return Response(
        picture,
        media_type="image/jpeg",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
