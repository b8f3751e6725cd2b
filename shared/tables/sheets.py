"""Rows of a spreadsheet: .xlsx and .csv, told apart by content and not by the file's name."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl

from shared.tables.explained import Cell, SheetError, Words

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_FILE_BYTES = 64 * 2**20
MAX_UNPACKED_BYTES = 256 * 2**20
MAX_PARTS = 1_000
EXCEL_LAST_ROW = 1_048_576

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that isn't blank; `number` is the file's own, from 1, for a CSV the line it starts on."""

    number: int
    cells: tuple[Cell, ...]


def read_file(path: Path) -> bytes:
    """A file's bytes, one more than may be when it has too many. Raises `SheetError`."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SheetError(
            "unreadable",
            Words("文件打不开。", "The file can't be opened."),
            Words("请核对路径和权限。", "Check its path and permissions."),
        ) from error


def read_rows(data: bytes) -> list[Row]:
    """All rows that aren't blank of the first visible sheet. Raises `SheetError`."""
    if not data.strip():
        raise SheetError("empty", Words("文件是空的。", "The file is empty."), _FILL_IN)
    if len(data) > MAX_FILE_BYTES:
        raise SheetError(
            "too_big",
            Words("文件超过 64 MB。", "The file is larger than 64 MB."),
            Words("请拆成几个文件。", "Split it into several files."),
        )
    if data.startswith(_OLE2):
        raise _old_or_encrypted(data)
    rows = _limited(_xlsx_rows(data) if data.startswith(_ZIP) else _csv_rows(data))
    if not rows:
        raise SheetError("empty", Words("表格里没有内容。", "The sheet holds nothing."), _FILL_IN)
    return rows


_FILL_IN = Words("请填写模板后再上传。", "Fill in the template and upload it again.")
_SAVE_AGAIN = Words(
    "请用 Excel 或 WPS 打开，另存为 .xlsx 或 .csv 后再上传。",
    "Open it in Excel or WPS, save it as .xlsx or .csv and upload that.",
)


def _not_a_spreadsheet() -> SheetError:
    return SheetError(
        "not_a_spreadsheet",
        Words("这不是 .xlsx 或 .csv 表格。", "This is no .xlsx or .csv spreadsheet."),
        _SAVE_AGAIN,
    )


def _corrupt() -> SheetError:
    return SheetError(
        "corrupt", Words("文件已损坏，打不开。", "The file is damaged and can't be opened."), _SAVE_AGAIN
    )


def _old_or_encrypted(data: bytes) -> SheetError:
    # an encrypted .xlsx is an OLE2 container, as an old .xls is; only the former has this stream
    if "EncryptedPackage".encode("utf-16-le") in data:
        return SheetError(
            "encrypted",
            Words("文件有打开密码。", "The file is protected by a password."),
            Words("请去掉密码后再上传。", "Remove the password and upload it again."),
        )
    return SheetError(
        "old_format",
        Words("这是旧格式的文件(如 .xls)。", "This is a file of an old format, such as .xls."),
        _SAVE_AGAIN,
    )


def _limited(rows: Iterator[Row]) -> list[Row]:
    kept: list[Row] = []
    for row in rows:
        if not any(_filled(cell) for cell in row.cells):
            continue
        if len(kept) > MAX_ROWS:
            raise SheetError(
                "too_many_rows",
                Words(f"超过 {MAX_ROWS} 行。", f"There are more than {MAX_ROWS} rows."),
                Words("请拆成几个文件。", "Split it into several files."),
            )
        kept.append(row)
    return kept


def _filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            has_formulas = _inspect(archive)
        values = list(_values(data, data_only=True))
        formulas = _values(data, data_only=False) if has_formulas else iter(())
        uncached = _first_uncached(values, formulas)
    except SheetError:
        raise
    except Exception as error:  # openpyxl and zipfile raise whatever a broken part makes them raise
        raise _corrupt() from error
    if uncached is not None:
        raise SheetError(
            "formula_without_value",
            Words(
                f"第 {uncached} 行有公式没有计算结果。",
                f"Row {uncached} has a formula without a stored result.",
            ),
            Words(
                "请在 Excel 或 WPS 中打开并保存一次，或粘贴为数值。",
                "Open and save it once in Excel or WPS, or paste the values.",
            ),
        )
    yield from values


def _inspect(archive: zipfile.ZipFile) -> bool:
    """Refuse what isn't a workbook or unpacks to too much; tell whether any sheet has formulas."""
    parts = archive.infolist()
    # zipfile never gives more bytes for a part than its entry declares, so the sum is a true bound
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise SheetError(
            "unpacks_too_big",
            Words("文件解开后过大。", "The file unpacks to too much data."),
            Words(
                "请只保留要导入的表，另存后再上传。",
                "Keep only the sheet to import, save it and upload that.",
            ),
        )
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts) or "[Content_Types].xml" not in names:
        raise _not_a_spreadsheet()
    if not any(name.startswith("xl/workbook") for name in names):
        raise _not_a_spreadsheet()
    return any(_FORMULA.search(archive.read(name)) for name in names if _SHEET_PART.fullmatch(name))


def _values(data: bytes, *, data_only: bool) -> Iterator[Row]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise SheetError("empty", Words("没有可见的工作表。", "There is no visible sheet."), _FILL_IN)
        # explicit bounds: neither a wrong dimension nor a lone far cell may make rows of 16,384 blanks
        rows = visible[0].iter_rows(max_row=EXCEL_LAST_ROW, max_col=MAX_COLUMNS, values_only=True)
        taken = 0
        blank: object = None
        for number, cells in enumerate(rows, start=1):
            # openpyxl fills gaps with one and the same tuple, perhaps a million times
            if cells is blank:
                continue
            if cells.count(None) == len(cells):
                blank = cells
                continue
            taken += 1
            yield Row(number, _trimmed(cells, formulas=not data_only))
            if taken > MAX_ROWS + 1:
                return
    finally:
        book.close()


def _trimmed(cells: tuple[object, ...], *, formulas: bool) -> tuple[Cell, ...]:
    width = max(index for index, cell in enumerate(cells, start=1) if cell is not None)
    if formulas:
        return tuple(
            cell if isinstance(cell, str) else _FORMULA_OBJECT if _is_formula(cell) else None
            for cell in cells
        )
    return tuple(cell if isinstance(cell, _TYPED) else None for cell in cells[:width])


_TYPED = (str, int, float, bool, datetime, date, time, timedelta)
_FORMULA_OBJECT = "="


def _is_formula(cell: object) -> bool:
    return cell is not None and not isinstance(cell, _TYPED)


def _first_uncached(values: list[Row], formulas: Iterator[Row]) -> int | None:
    """The first row with a formula when none has a result: one formula may give a blank."""
    known = {row.number: row.cells for row in values}
    first = None
    for row in formulas:
        cells = known.get(row.number, ())
        for index, cell in enumerate(row.cells):
            if not (isinstance(cell, str) and cell.startswith("=")):
                continue
            if index < len(cells) and cells[index] is not None:
                return None
            first = first or row.number
    return first


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    if _BINARY.search(text):
        raise _not_a_spreadsheet()
    first = next(line for line in text.splitlines() if line.strip()) if text.strip() else ""
    # Excel itself writes ; where the comma is the decimal sign, and a tab for "Unicode text"
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield Row(start, tuple(cells[:MAX_COLUMNS]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise SheetError(
            "corrupt",
            Words(
                f"第 {start} 行的引号不配对或内容过长。",
                f"Line {start}: a quote isn't closed, or a value is too long.",
            ),
            _SAVE_AGAIN,
        ) from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, else GB18030 as Chinese Excel writes it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]  # Excel's "Unicode text"
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_a_spreadsheet()
