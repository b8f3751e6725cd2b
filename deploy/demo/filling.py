"""The demo city's files, written from a seed and brought in as a bureau's own would be."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from deploy.client import Client
from deploy.demo.city import write_city
from deploy.errors import DeployError
from deploy.importing import import_files
from deploy.importing.report import line
from shared.deadlines import SHANGHAI


class CityRefusedError(DeployError):
    """The demo city's own files were not taken whole: {first}."""


async def fill(
    client: Client,
    seed: int,
    say: Callable[[str], None],
    folder: Path | None = None,
    begins: datetime | None = None,
) -> None:
    """Write the city of `seed` as of `begins`, else the system's day (into `folder`, if given); import it.

    With the same `begins` a second run writes the same files, and finds their rows there already.
    """
    if begins is None:
        begins = datetime.fromisoformat((await client.read(None, "/system/api/v1/clock"))["now"])
    today = begins.astimezone(SHANGHAI).date()
    with tempfile.TemporaryDirectory() as temporary:
        files = write_city(folder or Path(temporary), seed, today)
        for outcome in await import_files(client, files):
            say(line(outcome, "en"))
            if outcome.bad:
                raise CityRefusedError(first=f"row {outcome.bad[0].row}: {outcome.bad[0].reason_en}")
