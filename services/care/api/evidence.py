"""Evidence of a funding case: taken in, and given back as it came."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.care.api.files import body_of, keep, show
from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import AttachEvidence
from services.care.evidence import MOST, FileEmptyError, FileTooLargeError, kind_of
from shared.contracts.values import Brief
from shared.http.call import Call, CallContext
from shared.http.reading import Reading

router = APIRouter(tags=["evidence"])

AROUND = 64 * 1024
"""What a multipart body may have beside its file."""

FILE = """
SELECT f.cadre, coalesce(p.community, f.community) AS community, f.unit, f.helper, e.media_type
FROM evidence e JOIN fundings f USING (funding) LEFT JOIN people p USING (cadre)
WHERE e.funding = $1 AND e.sha256 = $2"""

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "label": {"type": "string", "maxLength": 120},
                    },
                }
            },
            **{
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("application/pdf", "image/jpeg", "image/png")
            },
        },
    }
}


@router.post("/fundings/{funding}/evidence", openapi_extra=UPLOAD)
async def attach_evidence(funding: UUID, request: Request, call: Call, label: Brief = "") -> Response:
    """A PDF, JPEG or PNG of 5 MB at the most: as the form's `file`, or as the body itself with `?label=`."""
    plain, declared, named = await _upload(request)
    return await attach(funding, plain, declared, named or label, call)


async def attach(funding: UUID, plain: bytes, declared: str, label: str, call: CallContext) -> Response:
    """A file of this declared media type, kept and named in the case."""
    command = _command(plain, kind_of(plain, declared), label)
    return await keep(call, FUNDING, funding, command, plain)


@router.get("/fundings/{funding}/evidence/{sha256}")
async def get_evidence(funding: UUID, sha256: str, reading: Reading) -> Response:
    """A file as it was attached; refused when what is stored isn't that any more."""
    answer = await show(reading, "evidence", FILE, funding, sha256)
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:16]}"'
    return answer


def _command(plain: bytes, kind: str, label: str) -> AttachEvidence:
    sha256 = hashlib.sha256(plain).hexdigest()
    try:
        return AttachEvidence(sha256=sha256, size=len(plain), media_type=kind, label=label)
    except ValidationError as error:  # the label of a form has not been through FastAPI
        raise RequestValidationError(error.errors()) from error


async def _upload(request: Request) -> tuple[bytes, str, str]:
    """The file, its declared media type and its label, read no further than a file may be long."""
    declared = request.headers.get("content-type", "")
    if not declared.startswith("multipart/form-data"):
        return await body_of(request, MOST), declared, ""
    whole = await body_of(request, MOST + AROUND)
    form = await Request(request.scope, _again(whole)).form(max_files=1, max_fields=5)
    try:
        return await sent(form)
    finally:
        await form.close()


async def sent(form: FormData) -> tuple[bytes, str, str]:
    """A form's file, its declared media type and its label."""
    file, label = form.get("file"), form.get("label")
    if not isinstance(file, UploadFile):
        raise FileEmptyError("file")
    plain = await file.read()
    if len(plain) > MOST:
        raise FileTooLargeError("file")
    if not plain:
        raise FileEmptyError("file")
    return plain, file.content_type or "", label if isinstance(label, str) else ""


def _again(body: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
