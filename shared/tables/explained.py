"""Errors that say what is wrong and what to do, in Chinese and English."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""What a spreadsheet's cell can hold once read; a CSV file gives text only."""


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages of the consoles."""

    zh: str
    en: str


class ExplainedError(Exception):
    """A refusal with a stable code, a reason and advice."""

    def __init__(self, code: str, reason: Words, todo: Words) -> None:
        """Keep the three; the English reason is the exception's text."""
        super().__init__(reason.en)
        self.code = code
        self.reason = reason
        self.todo = todo


class CellError(ExplainedError):
    """One value can't be taken."""


class SheetError(ExplainedError):
    """The file as a whole can't be read."""
