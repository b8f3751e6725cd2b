"""Evidence of a funding case: taken in, and given back as it came."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.care.api.acting import found, resource_of
from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import AttachEvidence
from services.care.domain.funding_states import Funding
from services.care.evidence import MOST, Cabinet, FileEmptyError, FileTooLargeError, kind_of
from shared.contracts.values import Brief
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext
from shared.http.reading import Reading
from shared.service import Running

router = APIRouter(tags=["evidence"])

AROUND = 64 * 1024
"""What a multipart body may have beside its file."""

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

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state: Funding = await found(call, work, FUNDING, funding, command)
        if await work.execute(FUNDING, funding, command):
            await cabinet(call.running).put(state.facts.cadre, plain)
        return FUNDING, funding

    return await call.perform(command, do, funding)


@router.get("/fundings/{funding}/evidence/{sha256}")
async def get_evidence(funding: UUID, sha256: str, reading: Reading) -> Response:
    """A file as it was attached; refused when what is stored isn't that any more."""
    reading.reach("read_evidence")
    row = await reading.pool.fetchrow(
        "SELECT f.cadre, coalesce(p.community, f.community) AS community, f.unit, f.helper, e.media_type"
        " FROM evidence e JOIN fundings f USING (funding) LEFT JOIN people p USING (cadre)"
        " WHERE e.funding = $1 AND e.sha256 = $2",
        funding,
        sha256,
    )
    if row is None:
        raise UnknownError(what="evidence")
    reading.permit("read_evidence", resource_of(row))
    plain = await cabinet(reading.running).take(row["cadre"], sha256)
    return Response(
        plain,
        media_type=row["media_type"],
        headers={
            "Content-Disposition": f'attachment; filename="{sha256[:16]}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _command(plain: bytes, kind: str, label: str) -> AttachEvidence:
    sha256 = hashlib.sha256(plain).hexdigest()
    try:
        return AttachEvidence(sha256=sha256, size=len(plain), media_type=kind, label=label)
    except ValidationError as error:  # the label of a form has not been through FastAPI
        raise RequestValidationError(error.errors()) from error


def cabinet(running: Running) -> Cabinet:
    """Where the service keeps files."""
    return Cabinet(running.files, running.store.vault)


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


async def body_of(request: Request, most: int) -> bytes:
    """The body, read no further than `most` bytes; FileTooLargeError, FileEmptyError."""
    taken = bytearray()
    async for chunk in request.stream():
        taken += chunk
        if len(taken) > most:
            raise FileTooLargeError("file")
    if not taken:
        raise FileEmptyError("file")
    return bytes(taken)


def _again(body: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
