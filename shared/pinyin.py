"""Names in pinyin, to sort and to search by. The readings are loaded with the first name: they take 57 MB."""

from functools import cache
from itertools import islice, product
from types import ModuleType

MOST_READINGS = 12


def pinyin_of(name: str) -> str:
    """Without tones or spaces, in lower case; what is no Chinese character stays as it is."""
    return "".join("".join(_library().lazy_pinyin(name)).split()).lower()


def initials_of(name: str) -> str:
    """The first letter of each syllable, in lower case."""
    library = _library()
    return "".join(library.lazy_pinyin(name, style=library.Style.FIRST_LETTER)).lower()


def readings_of(name: str) -> list[tuple[str, ...]]:
    """The syllables of other ways to read a name: 单 as chan and shan, 长 as chang; ü as people type it.

    The commonest come first, the surname's before those of what follows; the one of `pinyin_of` isn't among
    them.
    """
    library = _library()
    usual = tuple(library.lazy_pinyin(name))
    if len(usual) != len(name):
        return []
    each = [
        [
            typed
            for one in dict.fromkeys((first, *others))
            for typed in (one, *(one.replace("v", sign) for sign in ("u", "yu") if "v" in one))
        ]
        for sign, first in zip(name, usual, strict=True)
        for others in library.pinyin(sign, heteronym=True, style=library.Style.NORMAL)
    ]
    surname = [(one, *usual[1:]) for one in each[0][1:]]
    others = (one for one in product(*each) if one != usual and one not in surname)
    return [*surname, *islice(others, MOST_READINGS - len(surname))]


@cache
def _library() -> ModuleType:
    import pypinyin  # noqa: PLC0415  a process that shows no name is to be small

    return pypinyin
