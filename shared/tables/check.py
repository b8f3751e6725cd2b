"""A file to checked records: what is good, what is there already, and every problem with its reason."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from shared.tables.checks import is_blank
from shared.tables.columns import Kind, folded
from shared.tables.explained import Cell, CellError, Words
from shared.tables.header import Header, find_header
from shared.tables.kinds import COLUMNS, EXAMPLE_CODE, EXAMPLE_MARK
from shared.tables.person_numbers import birth_in, sex_in
from shared.tables.records import RECORDS, CadreRecord, CommunityRecord, Record, VolunteerRecord
from shared.tables.rules import broken
from shared.tables.sheets import Row, read_file, read_rows

SHOWN = 80


@dataclass(frozen=True, slots=True)
class Known:
    """What the register holds already: keys to fingerprints, and the communities that rows may name."""

    held: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def plus(self, records: Iterable[Record]) -> "Known":
        """This and what `records` tell."""
        held, places = dict(self.held), dict(self.places)
        for record in records:
            held.update(dict.fromkeys(record.keys, record.fingerprint))
            if isinstance(record, CommunityRecord):
                for word in _place_words(record):
                    places[word] = places.get(word, frozenset()) | {record.code}
        return Known(held, places)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row isn't taken. `column` is the field's name, or empty for the row; `header` the file's."""

    file: str
    row: int
    column: str
    header: str
    value: str
    code: str
    reason_zh: str
    reason_en: str
    todo_zh: str
    todo_en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's outcome. `unchanged` is held already word for word; `examples` are row numbers left out."""

    file: str
    kind: Kind
    good: tuple[Record, ...]
    unchanged: tuple[Record, ...]
    bad: tuple[Problem, ...]
    examples: tuple[int, ...]
    ignored: tuple[str, ...]


def check_file(path: Path, kind: Kind | None = None, *, known: Known | None = None, today: date) -> Checked:
    """Read and check a file; the kind is told by its header unless forced. Raises `SheetError`."""
    return check_bytes(read_file(path), path.name, kind, known=known, today=today)


def check_bytes(
    data: bytes, name: str, kind: Kind | None = None, *, known: Known | None = None, today: date
) -> Checked:
    """As `check_file`, for an upload; `name` is only shown."""
    rows = read_rows(data)
    header = find_header(rows, kind)
    check = _Check(name, header, known or Known(), today)
    for row in rows:
        if row.number > header.row.number:
            check.take(row)
    return check.outcome()


class _Check:
    """One pass over a file's rows."""

    def __init__(self, file: str, header: Header, known: Known, today: date) -> None:
        self._file, self._header, self._known, self._today = file, header, known, today
        self._good: list[Record] = []
        self._unchanged: list[Record] = []
        self._bad: list[Problem] = []
        self._examples: list[int] = []
        self._rows: dict[str, int] = {}

    def take(self, row: Row) -> None:
        cells = {
            column.name: row.cells[position] if position < len(row.cells) else None
            for position, column in self._header.columns.items()
        }
        if all(is_blank(cell) for cell in cells.values()):
            return
        if _is_example(cells.get(COLUMNS[self._header.kind][0].name)):
            self._examples.append(row.number)
            return
        values, problems = self._values(cells)
        problems += list(broken(self._header.kind, values, self._today))
        if problems:
            self._bad += [
                self._problem(row.number, column, cells.get(column), error) for column, error in problems
            ]
            return
        self._sort(_record(self._header.kind, row.number, values))

    def outcome(self) -> Checked:
        return Checked(
            self._file,
            self._header.kind,
            tuple(self._good),
            tuple(self._unchanged),
            tuple(self._bad),
            tuple(self._examples),
            self._header.ignored,
        )

    def _values(self, cells: Mapping[str, Cell]) -> tuple[dict[str, Any], list[tuple[str, CellError]]]:
        """Parsed values by column, None for what is empty, no entry for what was refused."""
        values: dict[str, Any] = {}
        problems: list[tuple[str, CellError]] = []
        for column in COLUMNS[self._header.kind]:
            cell = cells.get(column.name)
            if is_blank(cell):
                values[column.name] = None
                if column.required:
                    problems.append((column.name, _MISSING))
                continue
            try:
                values[column.name] = column.parse(cell, self._today)
                if column.name == "community":
                    values["community"] = self._place(values["community"])
            except CellError as error:
                values.pop(column.name, None)
                problems.append((column.name, error))
        return values, problems

    def _place(self, written: str) -> str:
        codes = self._known.places.get(folded(written), frozenset())
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            listed = "、".join(sorted(codes))
            raise CellError(
                "ambiguous_community",
                Words(f"有几个社区叫这个名称：{listed}。", f"Several communities have this name: {listed}."),
                Words("请改填社区编码。", "Give the community's code."),
            )
        raise CellError(
            "unknown_community",
            Words("没有这个社区。", "There is no such community."),
            Words("请先导入社区，或核对名称。", "Import the communities first, or check the name."),
        )

    def _sort(self, record: Record) -> None:
        first = next((self._rows[key] for key in record.rivals if key in self._rows), None)
        held = next((self._known.held[key] for key in record.rivals if key in self._known.held), None)
        if first is not None:
            self._bad.append(self._problem(record.row, "", record_name(record), _repeats(first)))
            return
        self._rows.update(dict.fromkeys(record.keys, record.row))
        if held is None:
            self._good.append(record)
        elif held == record.fingerprint:
            self._unchanged.append(record)
        else:
            self._bad.append(self._problem(record.row, "", record_name(record), _DIFFERS))

    def _problem(self, row: int, column: str, value: Cell, error: CellError) -> Problem:
        return Problem(
            file=self._file,
            row=row,
            column=column,
            header=self._header.title(column) if column else "",
            value=_shown(value),
            code=error.code,
            reason_zh=error.reason.zh,
            reason_en=error.reason.en,
            todo_zh=error.todo.zh,
            todo_en=error.todo.en,
        )


_MISSING = CellError(
    "missing", Words("必填，但是空的。", "It is required but empty."), Words("请补填。", "Fill it in.")
)
_DIFFERS = CellError(
    "differs_from_register",
    Words("已登记过，但内容不同。", "It is registered already, with other details."),
    Words("请在登记中更正，不要用导入更正。", "Correct it in the register; an import only adds."),
)


def _repeats(first: int) -> CellError:
    return CellError(
        "repeated_in_file",
        Words(f"与第 {first} 行重复。", f"It repeats row {first}."),
        Words(
            "请删掉其中一行；预算每项资金每年只写一行。",
            "Delete one of them; a budget has one row for each fund and year.",
        ),
    )


def record_name(record: Record) -> str:
    """What people call the thing a record is about."""
    if isinstance(record, CommunityRecord | CadreRecord | VolunteerRecord):
        return record.name
    return f"{record.fund_name} {record.year}"


def _record(kind: Kind, row: int, values: Mapping[str, Any]) -> Record:
    filled = {name: value for name, value in values.items() if value is not None}
    if kind is Kind.CADRES and "id_number" in filled:
        filled.update(birth=birth_in(filled["id_number"]), sex=sex_in(filled["id_number"]))
    return RECORDS[kind](row=row, **filled)


def _is_example(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().upper().startswith((EXAMPLE_MARK, EXAMPLE_CODE))


def _place_words(community: CommunityRecord) -> Iterator[str]:
    short = community.name.removesuffix("社区")
    district = community.subdistrict
    for word in {community.code, community.name, short, district + community.name, district + short}:
        yield folded(word)


def _shown(value: Cell) -> str:
    """A value for the report: short and without control characters."""
    text = "" if value is None else str(value)[: SHOWN * 2]
    clean = "".join(sign if unicodedata.category(sign)[0] != "C" else "�" for sign in text)
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"
