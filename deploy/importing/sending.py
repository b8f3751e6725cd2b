"""A file into the running system: every row checked first, then the good ones sent."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from deploy.client import Client, Who
from deploy.importing.held import Held, read_held, wait_until_shown
from deploy.importing.items import item_of
from deploy.importing.rows import Rows, differs, too_many, unreadable
from shared.tables import BudgetRecord, Kind, Problem, Record, SheetError, check_bytes
from shared.tables.header import find_header
from shared.tables.sheets import read_file, read_rows

AT_ONCE = 200
"""Items a call, each call one transaction."""
WHOLE = 5_000
"""Items of one call when a file is to go in whole; the endpoints take no more."""

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


def kind_of(path: Path) -> Kind | None:
    """What a file is for, by its header; None when that can't be told."""
    try:
        return find_header(read_rows(read_file(path)), None).kind
    except SheetError:
        return None


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
        data = read_file(path)
        kind = find_header(read_rows(data), None).kind
        held = await read_held(client, who, kind)
        checked = check_bytes(data, path.name, kind, known=held.known, today=today)
    except SheetError as error:
        return Outcome(path.name, bad=(unreadable(path.name, error),))
    good, same, other = _against_budgets(checked.good, held, path.name)
    outcome = Outcome(
        path.name,
        checked.kind.value,
        unchanged=len(checked.unchanged) + same,
        examples=len(checked.examples),
        ignored=checked.ignored,
        bad=(*checked.bad, *other),
    )
    if all_or_nothing and len(good) > WHOLE:
        outcome = replace(outcome, bad=(*outcome.bad, too_many(path.name, WHOLE)))
    if all_or_nothing and outcome.bad:
        return replace(outcome, left_out=len(good))
    rows = Rows(client, who, path.name, checked.kind, run=secrets.token_hex(8))
    items = [(record, item_of(record, held.communities)) for record in good]
    size = WHOLE if all_or_nothing else AT_ONCE
    for first in range(0, len(items), size):
        part = items[first : first + size]
        await rows.send(part, whole=all_or_nothing)
        progress(path.name, first + len(part), len(items))
    if rows.position:
        await wait_until_shown(client, who, kind, rows.position)
    return replace(
        outcome,
        imported=rows.taken,
        unchanged=outcome.unchanged + rows.unchanged,
        left_out=rows.left_out,
        bad=(*outcome.bad, *rows.bad),
    )


def _against_budgets(
    good: Sequence[Record], held: Held, file: str
) -> tuple[list[Record], int, list[Problem]]:
    """Budgets are known by what they hold, not by fingerprints: new rows, how many are so already, others."""
    new: list[Record] = []
    same, other = 0, []
    for record in good:
        amount = held.amount(record) if isinstance(record, BudgetRecord) else None
        if amount is None:
            new.append(record)
        elif isinstance(record, BudgetRecord) and amount == record.amount_fen:
            same += 1
        else:
            other.append(differs(file, record))
    return new, same, other
