"""The words of pages: gettext catalogues, read as they are written, and times as people write them."""

import io
from datetime import datetime
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = {"zh": "zh_CN", "en": "en"}
FOLDER = Path(__file__).with_name("locale")
_PATTERNS = {"zh": "y年M月d日 EEE HH:mm", "en": "EEE d MMM y, HH:mm"}
_SHANGHAI = ZoneInfo("Asia/Shanghai")


@cache
def texts(language: str) -> GNUTranslations:
    """The catalogue of `zh` or `en`."""
    with FOLDER.joinpath(f"{LOCALES[language]}.po").open("rb") as file:
        catalogue = read_po(file, locale=LOCALES[language])
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def moment(at: datetime, language: str) -> str:
    """A time in Shanghai: 2026年11月23日 周一 15:04."""
    local = at.astimezone(_SHANGHAI)
    return format_datetime(local, _PATTERNS[language], tzinfo=_SHANGHAI, locale=LOCALES[language])
