"""The words of pages: gettext catalogues, read as they are written; times and amounts as people write them.

The frame has a catalogue, and each service one of its own.
"""

import io
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from markupsafe import Markup

LOCALES = {"zh": "zh_CN", "en": "en"}
FOLDER = Path(__file__).with_name("locale")
FRAME = "frame"
_MOMENTS = {"zh": "y年M月d日 EEE HH:mm", "en": "EEE d MMM y, HH:mm"}
_DAYS = {"zh": "y年M月d日", "en": "d MMM y"}
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NEAR = 45


@cache
def texts(language: str, room: str = FRAME) -> GNUTranslations:
    """The catalogue of `zh` or `en` for a service's pages, with the frame's behind it."""
    found = GNUTranslations()
    file = FOLDER / LOCALES[language] / f"{room}.po"
    if file.exists():
        with file.open("rb") as read:
            catalogue = read_po(read, locale=LOCALES[language])
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        found = GNUTranslations(compiled)
    if room != FRAME:
        found.add_fallback(texts(language))
    return found


def moment(at: datetime, language: str) -> str:
    """A time in Shanghai: 2026年11月23日 周一 15:04."""
    local = at.astimezone(_SHANGHAI)
    return format_datetime(local, _MOMENTS[language], tzinfo=_SHANGHAI, locale=LOCALES[language])


def day(on: date, language: str) -> str:
    """A day: 2026年11月23日; of a time its day in Shanghai."""
    local = on.astimezone(_SHANGHAI) if isinstance(on, datetime) else on
    return format_date(local, _DAYS[language], locale=LOCALES[language])


def clock(at: datetime, language: str) -> str:
    """The time of day in Shanghai: 15:04."""
    return format_datetime(at.astimezone(_SHANGHAI), "HH:mm", locale=LOCALES[language])


def away(at: datetime, now: datetime, language: str) -> Markup:
    """How far a time is from now, 12分钟后; the exact one on hover, kept current in the browser."""
    told = format_timedelta(at - now, add_direction=True, threshold=1.2, locale=LOCALES[language])
    if abs((at - now).total_seconds()) < _NEAR:
        told = {"zh": "现在", "en": "now"}[language]
    written = '<time datetime="{}" title="{}" data-away>{}</time>'
    return Markup(written).format(at.isoformat(), moment(at, language), told)  # noqa: S704  fields are escaped


def money(fen: int, language: str) -> str:
    """An amount: ¥1,234.50."""
    return format_currency(fen / 100, "CNY", "¥#,##0.00", locale=LOCALES[language], currency_digits=False)
