"""When a helper can come in a week, as people write it: 周一上午、周三全天, Mon am; Wed, 周六 14:00-16:30."""

import re
from dataclasses import dataclass
from datetime import date, time

from shared.tables.checks import plain
from shared.tables.explained import Cell, CellError, Words

PARTS = {
    "am": (time(8), time(12)),
    "pm": (time(12), time(18)),
    "evening": (time(18), time(21)),
    "day": (time(8), time(18)),
}
_PART_WORDS = {
    "上午": "am", "早上": "am", "am": "am", "morning": "am",
    "下午": "pm", "pm": "pm", "afternoon": "pm",
    "晚上": "evening", "晚": "evening", "evening": "evening",
    "全天": "day", "": "day", "day": "day", "allday": "day",
}  # fmt: skip
_WEEKDAYS = {
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7,
    "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7,
}  # fmt: skip
_GROUPS = {
    "每天": range(1, 8), "每日": range(1, 8), "daily": range(1, 8), "everyday": range(1, 8),
    "工作日": range(1, 6), "weekdays": range(1, 6), "周末": range(6, 8), "weekend": range(6, 8),
    "weekends": range(6, 8),
}  # fmt: skip
_WEEKDAY = (
    "(?:(?:周|星期|礼拜)[一二三四五六日天]|mon(?:day)?|tue(?:sday|s)?|wed(?:nesday)?"
    "|thu(?:rsday|rs)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_ITEM = re.compile(
    rf"(?:(?P<first>{_WEEKDAY})(?:[至到~-](?P<last>{_WEEKDAY}))?|(?P<group>{'|'.join(_GROUPS)}))"
    r"(?:(?P<from>[0-9]{1,2}:[0-9]{2})[至到~-](?P<to>[0-9]{1,2}:[0-9]{2})|(?P<part>[a-z]*|[^0-9a-z]{1,2}))"
)
_BETWEEN = re.compile(r"[、,;/\n]+")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A stretch of one weekday (1 is Monday), Shanghai wall time, `end` not included."""

    weekday: int
    start: time
    end: time


def availability(cell: Cell, _today: date) -> tuple[Slot, ...]:
    """The week's slots in order, touching ones joined; `PARTS` says what am, pm and so on are."""
    slots: list[Slot] = []
    for item in _BETWEEN.split(plain(cell).casefold()):
        word = "".join(item.split())
        if word:
            slots.extend(_slots(word))
    return _joined(sorted(slots))


def _slots(word: str) -> list[Slot]:
    found = _ITEM.fullmatch(word)
    if found is None:
        raise _unclear(word)
    if found["from"] is not None:
        start, end = _clock(found["from"], word), _clock(found["to"], word)
    elif found["part"] in _PART_WORDS:
        start, end = PARTS[_PART_WORDS[found["part"]]]
    else:
        raise _unclear(word)
    if found["group"] is not None:
        days = _GROUPS[found["group"]]
    else:
        first = _weekday(found["first"])
        days = range(first, (_weekday(found["last"]) if found["last"] else first) + 1)
    if start >= end or not days:
        raise _unclear(word)
    return [Slot(weekday, start, end) for weekday in days]


def _weekday(word: str) -> int:
    return _WEEKDAYS[word[:3]] if word[0].isascii() else _WEEKDAYS[word[-1]]


def _clock(text: str, word: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    try:
        return time(hour, minute)
    except ValueError as error:
        raise _unclear(word) from error


def _joined(slots: list[Slot]) -> tuple[Slot, ...]:
    joined: list[Slot] = []
    for slot in slots:
        if joined and joined[-1].weekday == slot.weekday and slot.start <= joined[-1].end:
            joined[-1] = Slot(slot.weekday, joined[-1].start, max(joined[-1].end, slot.end))
        else:
            joined.append(slot)
    return tuple(joined)


def _unclear(word: str) -> CellError:
    shown = word[:20]
    return CellError(
        "bad_availability",
        Words(f"看不懂“{shown}”。", f"“{shown}” isn't understood."),
        Words("请写成“周一上午、周三全天、周六 14:00-16:30”。", "Write “Mon am; Wed; Sat 14:00-16:30”."),
    )
