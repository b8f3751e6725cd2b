"""Names in pinyin, to sort and to search by. The readings are loaded with the first name: they take 57 MB."""

from functools import cache
from types import ModuleType


def pinyin_of(name: str) -> str:
    """Without tones or spaces, in lower case; what is no Chinese character stays as it is."""
    return "".join("".join(_library().lazy_pinyin(name)).split()).lower()


def initials_of(name: str) -> str:
    """The first letter of each syllable, in lower case."""
    library = _library()
    return "".join(library.lazy_pinyin(name, style=library.Style.FIRST_LETTER)).lower()


@cache
def _library() -> ModuleType:
    import pypinyin  # noqa: PLC0415  a process that shows no name is to be small

    return pypinyin
