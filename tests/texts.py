"""The words of pages: what templates ask for, and what the catalogues have, of the frame and of each service.

`python -m tests.texts` adds to them what is new and takes out what is used no more; people translate.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from shared.console.texts import FOLDER, FRAME, LOCALES

ROOT = Path(__file__).parents[1]
Words = tuple[str, ...]
ROOMS = {FRAME: ROOT / "shared" / "console"} | {
    folder.parent.name: folder for folder in sorted(ROOT.glob("services/*/console"))
}


def asked(room: str) -> set[Words]:
    """Every message of a room's templates; a plural is two words. The frame's own words are the frame's."""
    found: set[Words] = set()
    for file in sorted(ROOMS[room].glob("templates/*.html")):
        with file.open("rb") as text:
            for _, message, _, _ in extract("jinja2.ext:babel_extract", text):
                found.add((message,) if isinstance(message, str) else tuple(one for one in message if one))
    return found if room == FRAME else found - asked(FRAME)


def catalogue(locale: str, room: str) -> Catalog:
    """A catalogue as it is kept; an empty one where there is none yet."""
    file = FOLDER / locale / f"{room}.po"
    if not file.exists():
        return Catalog(locale=locale)
    with file.open("rb") as read:
        return read_po(read, locale=locale)


def had(locale: str, room: str) -> dict[Words, Words]:
    """What a catalogue has, and what it says for it."""
    return {_words(one.id): _words(one.string or "") for one in catalogue(locale, room) if one.id}


def _words(value: str | Sequence[str]) -> Words:
    return (value,) if isinstance(value, str) else tuple(value)


def update(locale: str, room: str) -> None:
    """Write a catalogue anew."""
    said = had(locale, room)
    fresh = Catalog(locale=locale, fuzzy=False)
    for words in sorted(asked(room)):
        plural = len(words) > 1
        own = words if locale == "en" else ("",) * fresh.num_plurals if plural else ("",)
        told = said.get(words, own)
        fresh.add(words if plural else words[0], told if plural else told[0])
    out = BytesIO()
    write_po(out, fresh, omit_header=False, sort_output=True, no_location=True, width=0)
    head, _, body = out.getvalue().decode().partition("\n\n")
    kept = ("Language:", "Plural-Forms:", "Content-Type:", "MIME-Version:", "Content-Transfer-Encoding:")
    lines = ['msgid ""', 'msgstr ""', *(one for one in head.splitlines() if one[1:].startswith(kept))]
    file = FOLDER / locale / f"{room}.po"
    file.write_text("\n".join(lines) + "\n\n" + body.rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    for each in LOCALES.values():
        for place in ROOMS:
            update(each, place)
