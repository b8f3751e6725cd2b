"""Empty files to fill in: one .xlsx a kind, with an example row, drop-downs and an explanation."""

from datetime import date

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from shared.tables.columns import Column, Kind
from shared.tables.explained import Cell
from shared.tables.kinds import COLUMNS
from shared.tables.writing import FORMATS, fill_sheet, packed

FORMATTED_ROWS = 500
"""Rows below the header that carry the column's format, so that Excel keeps numbers typed there as text."""
LAST_CHOICE_ROW = 5_000
_REQUIRED = PatternFill("solid", fgColor="FFF2CC")


def template(kind: Kind) -> bytes:
    """The workbook's bytes; its example row is recognised by `check_file` and left out."""
    book = Workbook()
    sheet = book.worksheets[0]
    columns = COLUMNS[kind]
    fill_sheet(sheet, kind, [{column.name: _example(column) for column in columns}])
    for position, column in enumerate(columns, start=1):
        letter = get_column_letter(position)
        cell = sheet[f"{letter}1"]
        cell.comment = Comment(
            f"{column.en}\n{column.help_zh}\n{column.help_en}", "Jiujin", width=320, height=110
        )
        if column.required:
            cell.fill = _REQUIRED
        if column.choices and column.drop_down:
            sheet.add_data_validation(_drop_down(column, letter))
        if column.form != "number":
            for row in range(2, FORMATTED_ROWS + 2):
                sheet[f"{letter}{row}"].number_format = FORMATS[column.form]
    _explain(book.create_sheet("说明 Help"), columns)
    return packed(book)


def _example(column: Column) -> Cell:
    is_day = column.form == "date" and isinstance(column.example, str)
    return date.fromisoformat(str(column.example)) if is_day else column.example


def _drop_down(column: Column, letter: str) -> DataValidation:
    listed = ",".join(choice.zh for choice in column.choices)
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = column.zh, f"请从列表中选择。{column.help_zh}"
    rule.add(f"{letter}2:{letter}{LAST_CHOICE_ROW}")
    return rule


def _explain(sheet: Worksheet, columns: tuple[Column, ...]) -> None:
    sheet.append(
        [
            "列 / Column",
            "英文 / English",
            "必填 / Required",
            "说明",
            "Explanation",
            "可填 / Choices",
            "示例 / Example",
        ]
    )
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in columns:
        choices = "\n".join(f"{choice.zh} {choice.en}" for choice in column.choices)
        required = "是 yes" if column.required else ""
        example = None if column.example is None else str(column.example)
        sheet.append([column.zh, column.en, required, column.help_zh, column.help_en, choices, example])
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, size in zip("ABCDEFG", (20, 24, 12, 44, 44, 30, 26), strict=True):
        sheet.column_dimensions[letter].width = size
    sheet.freeze_panes = "A2"
