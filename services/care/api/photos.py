"""Photos of visits: taken in, and given to those who may see them."""

import hashlib
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.care.api.files import body_of, keep, show
from services.care.domain.visit import VISIT
from services.care.domain.visit_commands import AttachPhoto
from services.care.evidence import MOST
from shared.contracts.values import Brief
from shared.http.call import Call, CallContext
from shared.http.reading import Reading
from shared.photos import check

router = APIRouter(tags=["visits"])

FILE = """
SELECT v.cadre, coalesce(p.community, v.community) AS community, v.helper, 'image/jpeg' AS media_type
FROM photos f JOIN visits v USING (visit) LEFT JOIN people p USING (cadre)
WHERE f.visit = $1 AND f.sha256 = $2"""

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/visits/{visit}/photos", openapi_extra=UPLOAD)
async def attach_photo(
    visit: UUID, request: Request, call: Call, label: Brief = "", *, located: bool = False
) -> Response:
    """A JPEG of 5 MB at the most; one that tells where it was taken only when `located` says so."""
    return await attach(visit, await body_of(request, MOST), label, call, located=located)


async def attach(visit: UUID, plain: bytes, label: str, call: CallContext, *, located: bool) -> Response:
    """A photo, kept and named in the visit."""
    sha256 = hashlib.sha256(plain).hexdigest()
    command = AttachPhoto(sha256=sha256, size=len(plain), located=check(plain, located=located), label=label)
    return await keep(call, VISIT, visit, command, plain)


@router.get("/visits/{visit}/photos/{sha256}")
async def get_photo(visit: UUID, sha256: str, reading: Reading) -> Response:
    """A photo as it was taken in; refused when what is stored isn't that any more."""
    return await show(reading, "photo", FILE, visit, sha256)
