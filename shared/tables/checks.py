"""Checks of single values. Each takes a cell and the day it is checked on, and raises `CellError`."""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openpyxl.utils.datetime import from_excel

from shared.tables.explained import Cell, CellError, Words

Parse = Callable[[Cell, date], object]

LONGEST = 2_000
EXACT_FLOATS = 1e15
SERIALS = range(3_654, 73_051)  # 1910-01-01 to 2099-12-31; smaller figures are rather bare years

_YMD = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ]?00:00(?::00(?:\.0+)?)?)?")
_EIGHT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"[0-9]{4,5}(?:\.0+)?")
_BETWEEN_ITEMS = re.compile(r"[、,;/，；\n]+")
_YES = frozenset({"是", "有", "y", "yes", "true", "1", "1.0", "√", "对"})
_NO = frozenset({"否", "无", "没有", "n", "no", "false", "0", "0.0", "×", "不是"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a closed list: the code used inside and the words people write."""

    value: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


def is_blank(cell: Cell) -> bool:
    """Nothing, or white space only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_text(cell: Cell, *, lines: bool = False) -> str:
    """The cell as one trimmed text in NFC. Control and invisible characters are refused."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = unicodedata.normalize("NFC", cell.strip())
    elif isinstance(cell, bool):
        text = str(cell)
    elif isinstance(cell, float):
        is_whole = math.isfinite(cell) and cell == int(cell) and abs(cell) < EXACT_FLOATS
        text = str(int(cell)) if is_whole else repr(cell)
    else:
        text = str(cell)
    if len(text) > LONGEST:
        raise too_long(LONGEST)
    allowed = "\n" if lines else ""
    if lines:
        text = text.replace("\r\n", "\n")
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} and sign not in allowed for sign in text):
        raise CellError(
            "control_characters",
            Words("含有看不见的控制字符。", "It contains control or invisible characters."),
            Words("请删掉后重新输入。", "Delete the value and type it again."),
        )
    return text


def plain(cell: Cell) -> str:
    """As `as_text`, with full-width and compatibility signs made ordinary (NFKC)."""
    return unicodedata.normalize("NFKC", as_text(cell)).strip()


def too_long(longest: int) -> CellError:
    """The refusal of a text that is too long."""
    return CellError(
        "too_long",
        Words(f"超过 {longest} 个字。", f"It is longer than {longest} characters."),
        Words("请缩短。", "Shorten it."),
    )


def text_of(longest: int, *, lines: bool = False) -> Parse:
    """A check for free text of at most `longest` characters."""

    def parse(cell: Cell, _today: date) -> str:
        text = as_text(cell, lines=lines)
        if len(text) > longest:
            raise too_long(longest)
        return text

    return parse


def person_name(cell: Cell, _today: date) -> str:
    """2 to 30 letters; spaces between Chinese characters go, the dot of minority names stays."""
    text = plain(cell).replace("•", "·").replace(".", "·")
    if not re.search("[A-Za-z]", text):
        text = "".join(text.split())
    if not 2 <= len(text) <= 30 or not all(sign.isalpha() or sign in "· -'" for sign in text):  # noqa: PLR2004
        raise CellError(
            "bad_name",
            Words(
                "姓名应为 2 至 30 个字，不含数字和标点。",
                "A name has 2 to 30 letters, no digits, no punctuation.",
            ),
            Words("请只填姓名，说明写到备注。", "Give the name only and put remarks into the notes."),
        )
    return text


def code(cell: Cell, _today: date) -> str:
    """A code of 1 to 32 Latin letters, digits, dots, hyphens and underscores; capitals inside."""
    text = plain(cell).upper()
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z._-]{0,31}", text):
        raise CellError(
            "bad_code",
            Words(
                "编码只能用字母、数字和 . - _,最多 32 位。",
                "A code has letters, digits, . - _ and 32 signs at most.",
            ),
            Words("请改成如 HB-01 的编码。", "Change it to a code such as HB-01."),
        )
    return text


def day(cell: Cell, _today: date) -> date:
    """A calendar day of 1900 to 2100, from a date cell, an Excel serial or text."""
    if isinstance(cell, datetime):
        found: date | None = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, bool | time | timedelta):
        found = None
    else:
        found = _day_in(re.sub(r"\s+(?=\D|[0-9]{1,2}[月日])|(?<=[-/.年月])\s+", "", plain(cell)))
    if found is None or not 1900 <= found.year <= 2100:  # noqa: PLR2004
        raise CellError(
            "bad_date",
            Words("不是有效的日期。", "It is no valid date."),
            Words(
                "请写成 2026-11-23;不知道哪天写 1 日。", "Write 2026-11-23; the first if the day isn't known."
            ),
        )
    return found


def _day_in(text: str) -> date | None:
    if _SERIAL.fullmatch(text):
        serial = int(float(text))
        moment = from_excel(serial) if serial in SERIALS else None
        return moment.date() if isinstance(moment, datetime) else None
    parts = _YMD.fullmatch(text) or _EIGHT.fullmatch(text)
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None


def yes_no(cell: Cell, _today: date) -> bool:
    """是, 有, y, yes, true, 1, √ and their opposites."""
    word = plain(cell).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError(
        "bad_yes_no",
        Words("应填“是”或“否”。", "It must be yes or no."),
        Words("请填“是”或“否”。", "Write 是 or 否."),
    )


def choice_of(choices: tuple[Choice, ...]) -> Parse:
    """A check for one value of a closed list, in Chinese, English or as its code."""
    words = _words(choices)

    def parse(cell: Cell, _today: date) -> str:
        return _chosen(plain(cell), words, choices)

    return parse


def list_of(choices: tuple[Choice, ...]) -> Parse:
    """A check for several values of a closed list, separated by 、 , ; or /; a sorted tuple of codes."""
    words = _words(choices)

    def parse(cell: Cell, _today: date) -> tuple[str, ...]:
        items = [item.strip() for item in _BETWEEN_ITEMS.split(plain(cell))]
        return tuple(sorted({_chosen(item, words, choices) for item in items if item}))

    return parse


def items(cell: Cell, _today: date) -> tuple[str, ...]:
    """Free items separated by 、 , ; or /, each of at most 30 characters; order kept, repeats dropped."""
    found = tuple(dict.fromkeys(part.strip() for part in _BETWEEN_ITEMS.split(plain(cell)) if part.strip()))
    if any(len(item) > 30 for item in found):  # noqa: PLR2004
        raise too_long(30)
    return found


def _words(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {_folded(word): one.value for one in choices for word in (one.value, one.zh, one.en, *one.aliases)}


def _folded(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().replace("_", " ").split())


def _chosen(word: str, words: dict[str, str], choices: tuple[Choice, ...]) -> str:
    found = words.get(_folded(word))
    if found is None:
        raise CellError(
            "not_a_choice",
            Words("不在可选项里。", "It isn't one of the choices."),
            Words(
                "可填:" + "、".join(one.zh for one in choices),
                "Choices: " + ", ".join(one.en for one in choices),
            ),
        )
    return found
