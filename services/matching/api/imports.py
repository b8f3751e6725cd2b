"""Helpers in bulk, from a register file: what is known, and rows to be entered in one transaction."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import EnrolHelper, Hash, ImportHelper
from shared import ids
from shared.contracts.command import Command
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, page
from shared.roles import Resource

router = APIRouter(tags=["import"])

FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in front of the ids that are made from natural keys alone."""


class HelperRow(EnrolHelper):
    """A row: `natural` is the SHA-256 (hex) of its natural key, `fingerprint` that of what it tells."""

    natural: Hash
    fingerprint: Hash


class ImportHelpers(Command):
    """Rows to be entered together or not at all."""

    items: Annotated[tuple[HelperRow, ...], Field(min_length=1, max_length=5_000)]


def helper_of(natural: str, salt: str) -> UUID:
    """The id of the helper with this natural key: always the same in this bureau, whose secret is `salt`."""
    return ids.derive(FOUNDED, "helper", salt, natural)


@router.post("/helpers/import")
async def import_helpers(body: ImportHelpers, call: Call) -> Response:
    """All rows in one transaction; `found` says of each whether it was created, changed or unchanged."""
    outcomes: list[dict[str, str]] = []

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        salt = await work.store.vault.salt()
        outcomes[:] = [await _import(work, row, salt) for row in body.items]
        return HELPER, helper_of(body.items[0].natural, salt)

    async def _import(work: Work, row: HelperRow, salt: str) -> dict[str, str]:
        helper = helper_of(row.natural, salt)
        call.permit(body, Resource(community=row.community))
        known = await work.load(HELPER, helper)
        if known is not None:
            call.permit(body, HELPER.resource(known))
        fields = {name: getattr(row, name) for name in EnrolHelper.model_fields}
        command = ImportHelper(
            helper=helper,
            natural=row.natural,
            fingerprint=row.fingerprint,
            entry=EnrolHelper(**fields),
        )
        events = await work.execute(HELPER, helper, command)
        outcome = ("created" if known is None else "changed") if events else "unchanged"
        return {"helper": str(helper), "outcome": outcome}

    return await call.perform(body, do, found=lambda: list(outcomes))


@router.get("/helpers/import")
async def list_imported(reading: Reading, limit: Limit = 200, cursor: Cursor = None) -> Page[dict[str, Any]]:
    """The natural keys that are known, each with the fingerprint of the row it was last brought to."""
    (natural,) = keys_of(cursor, str)
    rows = await reading.pool.fetch(
        "SELECT natural_key AS natural, fingerprint, helper FROM helpers WHERE natural_key <> ''"
        " AND ($1::uuid[] IS NULL OR community = ANY ($1)) AND natural_key > $2"
        " ORDER BY natural_key LIMIT $3",
        reading.communities("read_helpers"),
        natural or "",
        limit + 1,
    )
    return page(rows, limit, "natural")
