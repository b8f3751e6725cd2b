"""A camera's Exif, with a place and without one."""

import struct


def exif(*tags: int, order: str = "<") -> bytes:
    """A JPEG's segment whose first directory has these tags."""
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, 0) for tag in tags)
    tiff = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HIH", 42, 8, len(tags)) + entries + bytes(4)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def with_segment(jpeg: bytes, segment: bytes) -> bytes:
    """The picture with a segment behind its first marker, where cameras put it."""
    return jpeg[:2] + segment + jpeg[2:]


MAKE, PLACE = 0x010F, 0x8825
JPEG = b"\xff\xd8\xff\xdb" + bytes(64) + b"\xff\xd9"
PLACED = with_segment(JPEG, exif(MAKE, PLACE))
PICTURE = (
    b"\xff\xd8\xff\xdb\x00\x43"
    + bytes(65)
    + b"\xff\xda\x00\x08"
    + bytes(6)
    + bytes(range(1, 64))
    + b"\xff\x00\xff\xd0"
    + b"\xff\xda\x00\x08"
    + bytes(6)
    + bytes(range(64, 90))
    + b"\xff\xd9"
)
"""A table of quantities and two scans, the first with a stuffed byte and a restart, and nothing besides."""
