"""The words of all pages: what templates ask for, and what the catalogues have.

`python -m tests.texts` adds to both what is new and takes out what is used no more; people translate.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from shared.console.texts import FOLDER, LOCALES

ROOT = Path(__file__).parents[1]
Words = tuple[str, ...]


def asked() -> dict[Words, list[str]]:
    """Every message of every template, with the templates that ask for it; a plural is two words."""
    found: dict[Words, list[str]] = {}
    for file in sorted(ROOT.glob("s*/**/templates/*.html")):
        with file.open("rb") as text:
            for _, message, _, _ in extract("jinja2.ext:babel_extract", text):
                words = (message,) if isinstance(message, str) else tuple(one for one in message if one)
                found.setdefault(words, []).append(file.name)
    return found


def catalogue(locale: str) -> Catalog:
    """A catalogue as it is kept."""
    with FOLDER.joinpath(f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale)


def had(locale: str) -> dict[Words, Words]:
    """What a catalogue has, and what it says for it."""
    return {_words(one.id): _words(one.string or "") for one in catalogue(locale) if one.id}


def _words(value: str | Sequence[str]) -> Words:
    return (value,) if isinstance(value, str) else tuple(value)


def update(locale: str) -> None:
    """Write a catalogue anew."""
    said = had(locale) if FOLDER.joinpath(f"{locale}.po").exists() else {}
    fresh = Catalog(locale=locale, fuzzy=False)
    for words in asked():
        plural = len(words) > 1
        own = words if locale == "en" else ("",) * fresh.num_plurals if plural else ("",)
        told = said.get(words, own)
        fresh.add(words if plural else words[0], told if plural else told[0])
    out = BytesIO()
    write_po(out, fresh, omit_header=False, sort_output=True, no_location=True, width=0)
    head, _, body = out.getvalue().decode().partition("\n\n")
    kept = ("Language:", "Plural-Forms:", "Content-Type:", "MIME-Version:", "Content-Transfer-Encoding:")
    lines = ['msgid ""', 'msgstr ""', *(one for one in head.splitlines() if one[1:].startswith(kept))]
    FOLDER.joinpath(f"{locale}.po").write_text("\n".join(lines) + "\n\n" + body.rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    for locale in LOCALES.values():
        update(locale)
