"""Writing the files that can be read: rows under the template's header, the same bytes for the same rows."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from shared.tables.columns import Column, Kind
from shared.tables.explained import Cell
from shared.tables.kinds import COLUMNS

SheetRow = Mapping[str, Cell]
"""Cells by column name; what is absent stays empty."""

FORMATS = {"text": "@", "date": "yyyy-mm-dd", "number": "General"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def xlsx(kind: Kind, rows: Iterable[SheetRow]) -> bytes:
    """A workbook of one sheet with a bold, frozen header."""
    book = Workbook()
    fill_sheet(book.worksheets[0], kind, rows)
    return packed(book)


def fill_sheet(sheet: Worksheet, kind: Kind, rows: Iterable[SheetRow]) -> None:
    """Header and rows in the template's order, dates and texts typed as such."""
    columns = COLUMNS[kind]
    sheet.title = kind.value
    sheet.append([column.zh for column in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for at, row in enumerate(rows, start=2):
        for position, column in enumerate(columns, start=1):
            value = row.get(column.name)
            if value is not None:
                sheet.cell(at, position, value).number_format = FORMATS[column.form]
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width(column)
    sheet.freeze_panes = "B2"


def width(column: Column) -> float:
    """Room for the header and the example; a Chinese character takes two places."""
    return min(40, 4 + 2 * max(len(column.zh), len(str(column.example or "")) * 0.6))


def packed(book: Workbook) -> bytes:
    """The workbook's bytes without the moment of writing, which openpyxl puts in two places."""
    written, fixed = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(part.filename, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return fixed.getvalue()


def csv_bytes(kind: Kind, rows: Iterable[SheetRow], encoding: str = "utf-8-sig") -> bytes:
    """The same as CSV; GB18030 is what Chinese Excel and WPS write by default."""
    columns = COLUMNS[kind]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.zh for column in columns])
    writer.writerows([_csv_cell(row.get(column.name)) for column in columns] for row in rows)
    return text.getvalue().encode(encoding)


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
