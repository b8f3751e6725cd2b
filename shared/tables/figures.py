"""Checks of figures: years, whole numbers, money and coordinates."""

import re
from datetime import date
from decimal import Decimal

from shared.tables.checks import Parse, plain
from shared.tables.explained import Cell, CellError, Words

MAX_FEN = 10**13
CHINA_LONGITUDE = (73.0, 136.0)
CHINA_LATITUDE = (3.0, 54.0)

_MONEY = re.compile(
    r"[¥]?(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,16})(?:\.[0-9]{1,12})?)(万)?(?:元|yuan|rmb)?", re.IGNORECASE
)
_DEGREES = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,17})?)°?[ENen]?")


def year(cell: Cell, today: date) -> int:
    """A year from five before to five after the day of checking; 2026 or 2026年."""
    text = plain(cell).removesuffix("年").removesuffix("年度")
    if not re.fullmatch("[0-9]{4}", text) or abs(int(text) - today.year) > 5:  # noqa: PLR2004
        raise CellError(
            "bad_year",
            Words(
                "年度应是四位数字，与今年相差不超过五年。",
                "A year has four digits and lies within five years of today.",
            ),
            Words(f"请写成 {today.year}。", f"Write {today.year}."),
        )
    return int(text)


def money(cell: Cell, _today: date) -> int:
    """Yuan to integer fen, exactly: at most two decimals, 万 multiplies by 10,000, more than zero."""
    # a cell's float prints as the decimal people typed, so the text is exact where the float isn't
    parts = None if isinstance(cell, bool) else _MONEY.fullmatch(plain(cell).replace(" ", ""))
    if parts is not None:
        fen = Decimal(parts[1].replace(",", "")) * (1_000_000 if parts[2] else 100)
        if fen == int(fen) and 0 < fen <= MAX_FEN:
            return int(fen)
    raise CellError(
        "bad_money",
        Words("金额应大于零，最多两位小数。", "An amount is more than zero and has at most two decimals."),
        Words("请以元为单位填写，如 50000.00 或 5万。", "Give yuan, such as 50000.00 or 5万."),
    )


def whole_of(low: int, high: int) -> Parse:
    """A check for a whole number from `low` to `high`."""

    def parse(cell: Cell, _today: date) -> int:
        text = "" if isinstance(cell, bool) else plain(cell)
        if re.fullmatch("[0-9]{1,9}", text) and low <= int(text) <= high:
            return int(text)
        raise CellError(
            "bad_number",
            Words(f"应是 {low} 到 {high} 的整数。", f"It must be a whole number from {low} to {high}."),
            Words("请改正。", "Correct it."),
        )

    return parse


def longitude(cell: Cell, _today: date) -> float:
    """WGS-84 degrees east, roughly within China, to six decimals (0.1 m)."""
    return _degrees(cell, CHINA_LONGITUDE, CHINA_LATITUDE)


def latitude(cell: Cell, _today: date) -> float:
    """WGS-84 degrees north, roughly within China, to six decimals (0.1 m)."""
    return _degrees(cell, CHINA_LATITUDE, CHINA_LONGITUDE)


def _degrees(cell: Cell, within: tuple[float, float], other: tuple[float, float]) -> float:
    parts = None if isinstance(cell, bool) else _DEGREES.fullmatch(plain(cell).replace(" ", ""))
    value = float(parts[1]) if parts is not None else None
    if value is not None and within[0] <= value <= within[1]:
        return round(value, 6)
    swapped = value is not None and other[0] <= value <= other[1]
    raise CellError(
        "bad_coordinate",
        Words("不是中国境内的经纬度(度,WGS-84)。", "It is no coordinate within China (degrees, WGS-84)."),
        Words("经度和纬度可能填反了。", "Longitude and latitude may be swapped.")
        if swapped
        else Words("请写成如 124.820000 的小数度。", "Give decimal degrees such as 124.820000."),
    )
