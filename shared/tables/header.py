"""Which row of a file is its header, which kind of file it is, and which column each header means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.tables.columns import Column, Kind, by_header, meanings
from shared.tables.explained import Cell, SheetError, Words
from shared.tables.kinds import COLUMNS, EITHER
from shared.tables.sheets import Row

SEARCHED_ROWS = 10
"""A title and remarks may stand above the header, often in merged cells."""

_HEADERS = {kind: by_header(columns) for kind, columns in COLUMNS.items()}
_USE_TEMPLATE = Words("请下载模板，按模板的表头填写。", "Download the template and keep its header.")


@dataclass(frozen=True, slots=True)
class Header:
    """The recognised header: `columns` by position, `ignored` the headers that mean nothing here."""

    kind: Kind
    row: Row
    columns: Mapping[int, Column]
    ignored: tuple[str, ...]

    def title(self, name: str) -> str:
        """The header as the file writes it, else the template's."""
        for position, column in self.columns.items():
            if column.name == name:
                return str(self.row.cells[position]).strip()
        return next(column.zh for column in COLUMNS[self.kind] if column.name == name)


def find_header(rows: Sequence[Row], kind: Kind | None) -> Header:
    """The header among the first rows; `kind` forces the kind. Raises `SheetError`."""
    kinds = tuple(Kind) if kind is None else (kind,)
    candidates = [_read(row, one) for row in rows[:SEARCHED_ROWS] for one in kinds]
    best = max(candidates, key=_fit)  # of equals the first, so the upper row
    if len(best.columns) < min(2, len(COLUMNS[best.kind])):
        found = _shown(rows[0].cells)
        raise SheetError(
            "no_header",
            Words(f"找不到表头。第一行是：{found}", f"There is no header. The first row is: {found}"),
            _USE_TEMPLATE,
        )
    _refuse_duplicates(best)
    missing = _missing(best)
    if missing:
        found = _shown(best.row.cells)
        raise SheetError(
            "missing_columns",
            Words(
                "缺少必需的列:" + "、".join(zh for zh, _ in missing) + f"。表头有：{found}",
                "Required columns are missing: "
                + ", ".join(en for _, en in missing)
                + f". The header has: {found}",
            ),
            _USE_TEMPLATE,
        )
    return best


def _read(row: Row, kind: Kind) -> Header:
    columns: dict[int, Column] = {}
    ignored: list[str] = []
    for position, cell in enumerate(row.cells):
        if not isinstance(cell, str) or not cell.strip():
            continue
        column = next((_HEADERS[kind][word] for word in meanings(cell) if word in _HEADERS[kind]), None)
        if column is None:
            ignored.append(cell.strip())
        else:
            columns[position] = column
    return Header(kind, row, columns, tuple(ignored))


def _fit(header: Header) -> tuple[bool, int, int]:
    recognised = len({column.name for column in header.columns.values()})
    return (recognised > 1, -len(_missing(header)), recognised)


def _missing(header: Header) -> list[tuple[str, str]]:
    present = {column.name for column in header.columns.values()}
    missing = [
        (column.zh, column.en)
        for column in COLUMNS[header.kind]
        if column.required and column.name not in present
    ]
    either = EITHER.get(header.kind, ())
    if either and not any(present.issuperset(names) for names in either):
        titles = {column.name: (column.zh, column.en) for column in COLUMNS[header.kind]}
        missing.append(
            (
                "(或)".join("和".join(titles[name][0] for name in names) for names in either),
                " or ".join(" and ".join(titles[name][1] for name in names) for names in either),
            )
        )
    return missing


def _refuse_duplicates(header: Header) -> None:
    seen: dict[str, int] = {}
    for position, column in header.columns.items():
        if column.name in seen:
            first, second = (str(header.row.cells[at]).strip() for at in (seen[column.name], position))
            raise SheetError(
                "duplicated_header",
                Words(
                    f"“{first}”和“{second}”是同一列，重复了。",
                    f"“{first}” and “{second}” mean the same column.",
                ),
                Words("请删掉其中一列。", "Delete one of them."),
            )
        seen[column.name] = position


def _shown(cells: Sequence[Cell]) -> str:
    titles = [str(cell).strip()[:20] for cell in cells if cell is not None and str(cell).strip()]
    return "、".join(titles[:40])
