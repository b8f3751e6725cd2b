"""Several files, in the order in which one needs the other, as an administrator."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from deploy.client import Client, Who
from deploy.importing.sending import Outcome, Progress, import_file, kind_of
from shared.deadlines import SHANGHAI
from shared.roles import Role
from shared.tables import Kind

ADMIN = Who("importer", Role.ADMIN)
"""Who imports on a demo; elsewhere the token says."""


async def import_files(
    client: Client,
    paths: Sequence[Path],
    *,
    all_or_nothing: bool = False,
    progress: Progress = lambda *_: None,
    who: Who = ADMIN,
) -> list[Outcome]:
    """Import each file; communities first, since the others name them. The day is the running system's."""
    today = await _today(client)
    outcomes = {}
    for path in sorted(paths, key=_place):
        outcomes[path] = await import_file(
            client, who, path, today=today, all_or_nothing=all_or_nothing, progress=progress
        )
    return [outcomes[path] for path in paths]


def _place(path: Path) -> int:
    kind = kind_of(path)
    return len(Kind) if kind is None else list(Kind).index(kind)


async def _today(client: Client) -> date:
    clock = await client.read(None, "/system/api/v1/clock")
    return datetime.fromisoformat(clock["now"]).astimezone(SHANGHAI).date()
