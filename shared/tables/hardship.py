"""A hardship assessment in a cell: the day it holds until, or a plain 是 that holds for a year."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.tables.checks import day, yes_no
from shared.tables.explained import Cell, CellError, Words

HOLDS_FOR = timedelta(days=365)
LONGEST_AHEAD = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Assessed:
    """The assessment holds up to and including `until`; `stated` if the file named that day itself."""

    until: date
    stated: bool


def assessment(cell: Cell, today: date) -> Assessed | None:
    """是 gives a year from `today`, 否 gives None, a day must lie from `today` to five years ahead."""
    try:
        return Assessed(today + HOLDS_FOR, stated=False) if yes_no(cell, today) else None
    except CellError:
        until = _until(cell, today)
    if not today <= until <= today + LONGEST_AHEAD:
        raise CellError(
            "bad_assessment",
            Words(
                "评估有效期已过，或超过五年。",
                "The assessment has expired, or is to hold for over five years.",
            ),
            Words(
                "请重新评估后填写有效期，或留空。",
                "Assess anew and give the day it holds until, or leave it empty.",
            ),
        )
    return Assessed(until, stated=True)


def _until(cell: Cell, today: date) -> date:
    try:
        return day(cell, today)
    except CellError as error:
        raise CellError(
            "bad_assessment",
            Words("应填“是”、“否”或有效期。", "It must be 是, 否 or the day the assessment holds until."),
            Words("请写成“是”或 2027-11-23。", "Write 是 or a day such as 2027-11-23."),
        ) from error
