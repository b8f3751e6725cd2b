"""Files of visits and funding cases: read off a request, kept beside the event that names them, shown."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.care.api.acting import found, resource_of
from services.care.domain.funding_commands import AttachEvidence
from services.care.domain.visit_commands import AttachPhoto
from services.care.evidence import Cabinet, FileEmptyError, FileTooLargeError
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import CallContext
from shared.http.reading import ReadContext
from shared.service import Running


def _cabinet(running: Running) -> Cabinet:
    """Where the service keeps files."""
    return Cabinet(running.files, running.store.vault)


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


async def keep(
    call: CallContext,
    decider: Decider[Any],
    aggregate: UUID,
    command: AttachEvidence | AttachPhoto,
    plain: bytes,
) -> Response:
    """Name a file in its visit or case, and keep it under its cadre's key."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state = await found(call, work, decider, aggregate, command)
        if await work.execute(decider, aggregate, command):
            await _cabinet(call.running).put(state.facts.cadre, plain)
        return decider, aggregate

    return await call.perform(command, do, aggregate)


async def show(reading: ReadContext, what: str, query: str, owner: UUID, sha256: str) -> Response:
    """A file as it was taken in, to who may; refused when what is stored isn't that any more.

    `what` is a photo or evidence; `query` finds whose it is and its `media_type`.
    """
    action = {"photo": "read_photos", "evidence": "read_evidence"}[what]
    reading.reach(action)
    row = await reading.pool.fetchrow(query, owner, sha256)
    if row is None:
        raise UnknownError(what=what)
    reading.permit(action, resource_of(row))
    return Response(
        await _cabinet(reading.running).take(row["cadre"], sha256),
        media_type=row["media_type"],
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
