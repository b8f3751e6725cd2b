"""A file into the running system: every row checked first, then the good ones sent."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from deploy.client import Client, Who
from deploy.importing.held import PATHS, read_held
from deploy.importing.items import item_of
from shared.tables import Kind, Problem, Record, SheetError, check_bytes
from shared.tables.explained import Words
from shared.tables.header import find_header
from shared.tables.sheets import MAX_FILE_BYTES, read_rows

AT_ONCE = 200
"""Items a call, each call one transaction."""

Progress = Callable[[str, int, int], None]
"""File, rows sent so far, rows to send."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file. `left_out` are good rows that weren't sent, since others were bad."""

    file: str
    kind: str = ""
    imported: int = 0
    unchanged: int = 0
    left_out: int = 0
    examples: int = 0
    ignored: tuple[str, ...] = ()
    bad: tuple[Problem, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing was wrong."""
        return not self.bad


async def import_file(
    client: Client,
    who: Who,
    path: Path,
    *,
    today: date,
    all_or_nothing: bool = False,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Check a file and send its good rows; with `all_or_nothing` none of it once any row is bad.

    What can't be read at all is a problem of row 0. Raises AnswerError, SystemAwayError.
    """
    try:
        data = _read(path)
        header = find_header(read_rows(data), None)
        held = await read_held(client, who, header.kind)
        checked = check_bytes(data, path.name, header.kind, known=held.known, today=today)
    except SheetError as error:
        return Outcome(path.name, bad=(_unreadable(path.name, error),))
    outcome = Outcome(
        path.name,
        checked.kind.value,
        unchanged=len(checked.unchanged),
        examples=len(checked.examples),
        ignored=checked.ignored,
        bad=checked.bad,
    )
    if all_or_nothing and checked.bad:
        return replace(outcome, left_out=len(checked.good))
    items = [item_of(record, held.communities) for record in checked.good]
    sender = _Sender(client, who, path.name, checked.kind, checked.good, progress)
    return await sender.send(outcome, items, whole=all_or_nothing)


@dataclass(frozen=True)
class _Sender:
    client: Client
    who: Who
    file: str
    kind: Kind
    records: Sequence[Record]
    progress: Progress

    async def send(self, outcome: Outcome, items: Sequence[dict[str, Any]], *, whole: bool) -> Outcome:
        """Send call by call, or all in one when it is to be one transaction."""
        imported, refused = 0, list(outcome.bad)
        for first, part in _parts(items, len(items) if whole else AT_ONCE):
            body = {"items": part}
            key = hashlib.sha256(orjson.dumps([PATHS[self.kind], body])).hexdigest()
            answer = await self.client.done(self.who, PATHS[self.kind], body, key=f"import-{key[:40]}")
            imported += len(part)
            self.progress(self.file, first + len(part), len(items))
            _ = answer
        return replace(outcome, imported=imported, bad=tuple(refused))


def _parts(items: Sequence[dict[str, Any]], size: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    for first in range(0, len(items), max(size, 1)):
        yield first, list(items[first : first + size])


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SheetError(
            "unreadable",
            Words("文件打不开。", "The file can't be opened."),
            Words("请核对路径和权限。", "Check its path and permissions."),
        ) from error


def _unreadable(file: str, error: SheetError) -> Problem:
    return Problem(
        file=file,
        row=0,
        column="",
        header="",
        value="",
        code=error.code,
        reason_zh=error.reason.zh,
        reason_en=error.reason.en,
        todo_zh=error.todo.zh,
        todo_en=error.todo.en,
    )
