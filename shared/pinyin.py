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


def readings_of(name: str) -> list[tuple[str, ...]]:
    """The syllables of each other way to read the surname's sign: 单 as chan and shan; ü as people type it.

    The one of `pinyin_of` isn't among them.
    """
    library = _library()
    usual = library.lazy_pinyin(name)
    if not usual or len(usual) != len(name):
        return []
    (first,) = library.pinyin(name[0], heteronym=True, style=library.Style.NORMAL)
    typed = [[one, *(one.replace("v", other) for other in ("u", "yu") if "v" in one)] for one in first]
    found = {one: (one, *usual[1:]) for several in typed for one in several}
    found.pop(usual[0], None)
    return list(found.values())


@cache
def _library() -> ModuleType:
    import pypinyin  # noqa: PLC0415  a process that shows no name is to be small

    return pypinyin
