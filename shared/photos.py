"""Photos: JPEGs that don't tell where they were taken, unless somebody keeps that on purpose."""

import struct
from collections.abc import Iterator

from shared.errors import InvalidError

JPEG = b"\xff\xd8\xff"
NOTES = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""Markers of what is written beside a picture: Exif, XMP, comments. E0 and EE say how to read its colours."""
SCAN, MARK, END = 0xDA, b"\xff", b"\xff\xd9"
DATA = frozenset(bytes((one,)) for one in (0x00, *range(0xD0, 0xD8)))
"""What follows an FF that is no marker but a scan's own (ISO 10918-1, B.1.1.2 and B.1.1.5)."""
EXIF, XMP_PLACE = b"Exif\0\0", b"GPSLatitude"
GPS_TAG, ENTRY = 0x8825, 12
"""The tag of the GPS directory, and the bytes of a directory's entry (Exif 2.32, 4.6.2 and 4.6.3)."""


class PhotoKindError(InvalidError):
    """A photo is a JPEG. Save it as one, or take it anew."""

    zh = "照片须为 JPEG。请另存为 JPEG，或重新拍摄。"


class PhotoPlaceError(InvalidError):
    """This photo tells where it was taken. Take it without location, or choose to keep the location."""

    zh = "这张照片带有拍摄位置。请关闭定位后重拍，或勾选“保留位置”。"


def check(plain: bytes, *, located: bool) -> bool:
    """Whether the photo says where it was taken. PhotoPlaceError when it may not; PhotoKindError."""
    if not plain.startswith(JPEG):
        raise PhotoKindError("file")
    told = says_where(plain)
    if told and not located:
        raise PhotoPlaceError("file")
    return told


def bare(plain: bytes) -> bytes:
    """The picture alone: nothing that a camera writes beside it, within it or behind it. PhotoKindError."""
    if not plain.startswith(JPEG):
        raise PhotoKindError("file")
    parts = list(_parts(plain))
    if all(marker != SCAN for marker, _ in parts):
        raise PhotoKindError("file")
    kept = (part for marker, part in parts if marker not in NOTES)
    return b"".join((JPEG[:2], *kept, END))


def _parts(plain: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker up to the end with its segment, a scan with its data. PhotoKindError."""
    at = 2
    while plain[at : at + 2] != END:
        last = at + 2 + int.from_bytes(plain[at + 2 : at + 4])
        if plain[at : at + 1] != MARK or last < at + 4:
            raise PhotoKindError("file")
        marker = plain[at + 1]
        if marker == SCAN:
            last = _after(plain, last)
        if last > len(plain):
            raise PhotoKindError("file")
        yield marker, plain[at:last]
        at = last


def _after(plain: bytes, at: int) -> int:
    """Where the next marker stands behind the data of a scan; there may be notes before a further scan."""
    while (at := plain.find(MARK, at)) >= 0 and plain[at + 1 : at + 2] in DATA:
        at += 2
    return at if at >= 0 else len(plain) + 1


def says_where(plain: bytes) -> bool:
    """Whether its Exif or XMP names a place, or those of a smaller picture within or behind it."""
    return XMP_PLACE in plain or any(_has_place(plain[start:]) for start in _directories(plain))


def _directories(plain: bytes) -> Iterator[int]:
    at = plain.find(EXIF)
    while at >= 0:
        yield at + len(EXIF)
        at = plain.find(EXIF, at + 1)


def _has_place(tiff: bytes) -> bool:
    """Whether the first directory points to one of GPS; what can't be read might."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return True
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        return any(
            struct.unpack_from(f"{order}H", tiff, first + 2 + ENTRY * nth)[0] == GPS_TAG
            for nth in range(count)
        )
    except struct.error:
        return True
