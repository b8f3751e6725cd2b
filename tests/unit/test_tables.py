"""Reading spreadsheets: files, headers and templates."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.tables import Kind, Known, SheetError, check_bytes, check_file, template
from shared.tables import sheets as sheets_module
from shared.tables.explained import Cell
from shared.tables.kinds import COLUMNS
from shared.tables.records import CommunityRecord
from shared.tables.sheets import read_rows

TODAY = date(2026, 11, 23)
PLACE = CommunityRecord(row=2, code="HB-01", name="站前社区", subdistrict="河北街道")
KNOWN = Known().plus([PLACE])


def book(*rows: tuple[Cell, ...], merge: str | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(row)
    if merge is not None:
        sheet.merge_cells(merge)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def zipped(**parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return written.getvalue()


def refusal(data: bytes, kind: Kind | None = None) -> SheetError:
    with pytest.raises(SheetError) as caught:
        check_bytes(data, "file", kind, known=KNOWN, today=TODAY)
    error = caught.value
    assert error.reason.zh
    assert error.todo.zh
    assert error.reason.en
    assert error.todo.en
    return error


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_each_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    """What Excel and WPS write as CSV or Unicode text gives the same rows."""
    text = "社区编码,名称,街道\nHB-02,文昌社区,河北街道\n".replace(",", delimiter)
    checked = check_bytes(text.encode(encoding), "c.csv", today=TODAY)
    assert checked.kind is Kind.COMMUNITIES
    assert checked.good == (CommunityRecord(row=2, code="HB-02", name="文昌社区", subdistrict="河北街道"),)


def test_csv_rows_are_numbered_by_the_line_they_start_on() -> None:
    """A quoted line break inside a value doesn't shift later numbers away from the file's lines."""
    rows = read_rows(b'a,b\n"x\ny",1\n\nz,2\n')
    assert [row.number for row in rows] == [1, 2, 5]


def test_xlsx_gives_typed_cells_and_the_files_row_numbers() -> None:
    """Dates stay dates; a blank row between counts."""
    rows = read_rows(book(("姓名", "日期"), (None, None), ("甲", datetime(2026, 1, 2))))  # noqa: DTZ001
    assert [row.number for row in rows] == [1, 3]
    assert rows[1].cells == ("甲", datetime(2026, 1, 2))  # noqa: DTZ001


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b",,,\n,,\n", "empty"),
        (book(), "empty"),
        (b"%PDF-1.7\n\x00\x01\x02", "not_a_spreadsheet"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not_a_spreadsheet"),
        (zipped(**{"word/document.xml": b"<w/>", "[Content_Types].xml": b"<t/>"}), "not_a_spreadsheet"),
        (zipped(**{"xl/workbook.xml": b"<", "[Content_Types].xml": b"<"}), "corrupt"),
        (book(("姓名",))[:400], "corrupt"),
        (OLE2 + bytes(64) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE2 + bytes(64), "old_format"),
        (b'code,name\n"never closed', "corrupt"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes, code: str) -> None:
    """Each kind of unreadable file has its own reason, in both languages."""
    assert refusal(data).code == code


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path that doesn't exist is the module's own error."""
    with pytest.raises(SheetError, match="can't be opened"):
        check_file(tmp_path / "none.xlsx", today=TODAY)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unpacked size counts, not the file's."""
    monkeypatch.setattr(sheets_module, "MAX_UNPACKED_BYTES", 10**6)
    bomb = zipped(**{"[Content_Types].xml": b"", "xl/workbook.xml": bytes(2 * 10**6)})
    assert len(bomb) < 10_000
    assert refusal(bomb).code == "unpacks_too_big"


def test_more_rows_than_the_limit_are_refused() -> None:
    """100,000 rows below the header pass, one more doesn't."""
    line = "HB-01,a,b\n"
    assert len(read_rows(("code,name,subdistrict\n" + line * 100_000).encode())) == 100_001
    assert refusal(("code,name,subdistrict\n" + line * 100_001).encode()).code == "too_many_rows"


def test_a_lone_cell_at_the_end_of_the_sheet_costs_nothing() -> None:
    """The file's claim of a million rows is not believed."""
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = "姓名"
    made.worksheets[0]["XFD1048576"] = 1
    written = io.BytesIO()
    made.save(written)
    assert [row.number for row in read_rows(written.getvalue())] == [1]


def test_formulas_without_results_are_refused_by_row() -> None:
    """A file made by a program holds formulas only; the user is told to save it once."""
    error = refusal(book(("社区编码", "名称", "街道"), ("HB-01", "站前社区", '="河"&"北"')))
    assert error.code == "formula_without_value"
    assert "2" in error.reason.en


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("姓名", "类别", "社区", "身份证号"), "NCPI"),
        (("社区", "身份证号码", "姓 名*", "干部类别"), "PINC"),
        (("ID_NUMBER", "Category", " name ", "Community Code"), "ICNP"),
        (("\uff29\uff24 number", "category", "Full Name", "community"), "ICNP"),
        (("姓名(必填)", "类别【离休/退休】", "社区(编码)", "身份证号"), "NCPI"),
    ],
)
def test_headers_are_known_in_both_languages_any_order_and_width(header: tuple[str, ...], row: str) -> None:
    """Order, case, width, spaces and bracketed remarks don't matter."""
    values = {"N": "王桂兰", "C": "tuixiu", "P": "站前", "I": "000000195003070024"}
    data = book(header, tuple(values[letter] for letter in row))
    checked = check_bytes(data, "x.xlsx", known=KNOWN, today=TODAY)
    assert checked.kind is Kind.CADRES
    assert [record.key for record in checked.good] == ["cadre:000000195003070024"]


def test_every_header_means_one_column_of_its_kind() -> None:
    """No alias is claimed by two columns."""
    for columns in COLUMNS.values():
        words = [word for column in columns for word in column.headers]
        assert len(words) == len(set(words))


def test_a_merged_title_above_the_header_is_tolerated() -> None:
    """A title over all columns is no header, and row numbers still are the file's."""
    data = book(
        ("离退休干部名册", None, None),
        ("社区编码", "名称", "街道"),
        ("HB-02", "甲社区", "河北"),
        merge="A1:C1",
    )
    assert [record.row for record in check_bytes(data, "x", today=TODAY).good] == [3]


def test_missing_columns_are_listed_with_what_was_found() -> None:
    """The message names what is missing and what is there."""
    error = refusal("姓名,性别,出生日期,爱好\n甲,男,1950-01-01,棋\n".encode(), Kind.CADRES)
    assert error.code == "missing_columns"
    assert "类别" in error.reason.zh
    assert "社区" in error.reason.zh
    assert "爱好" in error.reason.zh
    assert "category" in error.reason.en


def test_cadres_need_an_identity_number_or_birth_and_sex() -> None:
    """A file with neither is refused as a whole, not row by row."""
    assert "身份证号" in refusal("姓名,类别,社区\n甲乙,退休,HB-01\n".encode(), Kind.CADRES).reason.zh


def test_two_headers_of_one_meaning_are_refused() -> None:
    """Which of the two counts would be a guess."""
    assert refusal("编码,名称,街道,code\n1,a,b,2\n".encode()).code == "duplicated_header"


def test_a_file_without_header_is_refused() -> None:
    """Data alone isn't guessed at."""
    assert refusal("王桂兰,女,1950\n李国臣,男,1940\n".encode()).code == "no_header"


def test_unknown_columns_are_reported_and_left_out() -> None:
    """A bureau's own columns don't hinder."""
    data = "姓名,身份证号,类别,社区,爱好\n".encode()
    assert check_bytes(data, "x.csv", today=TODAY).ignored == ("爱好",)


def test_the_kind_is_told_by_the_header() -> None:
    """Each kind's own template is recognised without being told, and its example row is left out."""
    for kind in Kind:
        checked = check_bytes(template(kind), "t.xlsx", known=KNOWN, today=TODAY)
        assert (checked.kind, checked.examples, checked.good, checked.bad) == (kind, (2,), (), ())


def test_examples_in_templates_pass_their_own_checks() -> None:
    """What the template shows can be imitated."""
    for columns in COLUMNS.values():
        for column in columns:
            if column.example is not None:
                assert column.parse(column.example, TODAY) is not None


def test_templates_have_drop_downs_notes_formats_and_an_explanation() -> None:
    """A person who opens the template is guided in both languages."""
    made = openpyxl.load_workbook(io.BytesIO(template(Kind.CADRES)))
    sheet, explained = made.worksheets
    assert [cell.value for cell in sheet[1]] == [column.zh for column in COLUMNS[Kind.CADRES]]
    note = sheet["B1"].comment
    assert note is not None
    assert "id number" in note.text
    listed = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert '"离休,退休"' in listed
    assert all(len(formula) <= 257 for formula in listed)
    assert sheet["B300"].number_format == "@"
    assert sheet.freeze_panes == "B2"
    assert explained.max_row == len(COLUMNS[Kind.CADRES]) + 1


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail)))
def test_no_bytes_raise_anything_but_the_modules_own_error(data: bytes) -> None:
    """Garbage is refused with a reason, never with a traceback."""
    try:
        check_bytes(data, "garbage", today=TODAY)
    except SheetError as error:
        assert error.reason.zh  # noqa: PT017


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 6_000), st.binary(min_size=1, max_size=40))
def test_a_workbook_damaged_anywhere_is_read_or_refused(at: int, damage: bytes) -> None:
    """Overwritten bytes inside a real workbook never escape as another error."""
    whole = book(("社区编码", "名称", "街道"), ("HB-02", "甲社区", "河北街道"))
    at %= len(whole)
    try:
        check_bytes(whole[:at] + damage + whole[at + len(damage) :], "damaged", today=TODAY)
    except SheetError as error:
        assert error.reason.en  # noqa: PT017
