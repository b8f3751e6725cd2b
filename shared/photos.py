"""Photos: JPEGs that don't tell where they were taken, unless somebody keeps that on purpose."""

import struct
from collections.abc import Iterator

from shared.errors import InvalidError

JPEG = b"\xff\xd8\xff"
NOTES = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""Markers of what is written beside a picture: Exif, XMP, comments. E0 and EE say how to read its colours."""
SCAN, END = 0xDA, b"\xff\xd9"
EXIF, XMP_PLACE = b"Exif\0\0", b"GPSLatitude"
GPS_TAG, ENTRY = 0x8825, 12
"""The tag of the GPS directory, and the bytes of a directory's entry (Exif 2.32, 4.6.2 and 4.6.3)."""


class PhotoKindError(InvalidError):
    """A photo is a JPEG. Save it as one, or take it anew."""

    zh = "照片须为 JPEG。请另存为 JPEG,或重新拍摄。"


class PhotoPlaceError(InvalidError):
    """This photo tells where it was taken. Take it without location, or choose to keep the location."""

    zh = "这张照片带有拍摄位置。请关闭定位后重拍,或勾选“保留位置”。"


def check(plain: bytes, *, located: bool) -> bool:
    """Whether the photo says where it was taken. PhotoPlaceError when it may not; PhotoKindError."""
    if not plain.startswith(JPEG):
        raise PhotoKindError("file")
    told = says_where(plain)
    if told and not located:
        raise PhotoPlaceError("file")
    return told


def bare(plain: bytes) -> bytes:
    """The picture alone: nothing that a camera writes beside it, or behind it. PhotoKindError."""
    kept, at = bytearray(plain[:2]), 2
    if not plain.startswith(JPEG):
        raise PhotoKindError("file")
    while at + 4 <= len(plain) and plain[at] == 0xFF:  # noqa: PLR2004  a marker begins so
        marker = plain[at + 1]
        end = at + 2 + int.from_bytes(plain[at + 2 : at + 4])
        if marker == SCAN:
            last = plain.find(END, end)
            if last < 0:
                break
            return bytes(kept + plain[at : last + 2])
        if marker not in NOTES:
            kept += plain[at:end]
        at = end
    raise PhotoKindError("file")


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
