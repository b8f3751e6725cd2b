"""The words of a PDF that Chromium has made, page by page: each font tells what its glyphs say."""

import re
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
PAGE = re.compile(rb"/Type /Page\b(?!s)")
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
CONTENT = re.compile(rb"/Contents (\d+) 0 R")
UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
SHOWN = re.compile(r"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj")
MAPPED = re.compile(r"^<([0-9A-F]+)> <([0-9A-F]+)>(?: <([0-9A-F]+)>)?$", re.MULTILINE)
SPACE = re.compile(r"begincodespacerange\n<([0-9A-F]+)> <[0-9A-F]+>\n")


@dataclass(frozen=True)
class Sheet:
    """One page: its size in points, and its words without blanks, which a PDF need not keep."""

    width: float
    height: float
    words: str


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages in their order."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    return [_sheet(body, objects) for _, body in sorted(objects.items()) if PAGE.search(body)]


def _sheet(page: bytes, objects: Mapping[int, bytes]) -> Sheet:
    fonts = {name.decode(): _signs(objects, int(number)) for name, number in FONT.findall(page)}
    (content,), ((width, height),) = CONTENT.findall(page), BOX.findall(page)
    words, (digits, signs) = "", (0, dict[str, str]())
    for font, shown in SHOWN.findall(_stream(objects[int(content)])):
        if font:
            digits, signs = fonts[font]
        else:
            words += "".join(signs.get(shown[at : at + digits], "") for at in range(0, len(shown), digits))
    return Sheet(float(width), float(height), "".join(unicodedata.normalize("NFKC", words).split()))


def _signs(objects: Mapping[int, bytes], font: int) -> tuple[int, dict[str, str]]:
    """How many hex digits a glyph of a font has, and what each says."""
    (number,) = UNICODE.findall(objects[font])
    told = _stream(objects[int(number)])
    (least,) = SPACE.findall(told)
    digits, found = len(least), dict[str, str]()
    for first, last, sign in MAPPED.findall(SPACE.sub("", told)):
        if sign:
            for nth in range(int(last, 16) - int(first, 16) + 1):
                found[f"{int(first, 16) + nth:0{digits}X}"] = chr(int(sign, 16) + nth)
        else:
            found[first] = bytes.fromhex(last).decode("utf-16-be")
    return digits, found


def _stream(body: bytes) -> str:
    return zlib.decompress(body.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]).decode("latin-1")
