"""A picture alone: what stands beside it and behind it goes."""

import pytest
from hypothesis import given as whenever
from hypothesis import strategies as some

from shared.photos import PhotoKindError, bare, says_where
from tests.photo_cases import MAKE, PICTURE, PLACE, exif, with_segment

NOTES = some.tuples(some.sampled_from([0xE1, 0xE2, 0xED, 0xFE]), some.binary(max_size=40))


SECOND = PICTURE.rindex(b"\xff\xda")


@whenever(some.lists(NOTES, max_size=4), some.lists(NOTES, max_size=4), some.binary(max_size=40))
def test_whatever_is_noted_goes(
    before: list[tuple[int, bytes]], between: list[tuple[int, bytes]], behind: bytes
) -> None:
    """Before the picture, between its scans or behind it, in any order."""
    first, further = (b"".join(_segment(*one) for one in notes) for notes in (before, between))
    noted = with_segment(PICTURE[:SECOND], first) + further + PICTURE[SECOND:]
    assert bare(noted + behind) == PICTURE


def _segment(marker: int, text: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(text) + 2).to_bytes(2) + text


def test_a_place_is_among_what_goes() -> None:
    """Without it the picture says nothing."""
    assert not says_where(bare(with_segment(PICTURE, exif(MAKE, PLACE))))


@whenever(some.binary(max_size=200))
def test_what_is_no_picture_is_refused(plain: bytes) -> None:
    """Cut anywhere, or anything else: a refusal, never a fault."""
    for one in (plain, PICTURE[: len(plain)], b"\xff\xd8\xff" + plain.replace(b"\xff\xd9", b"")):
        if one != PICTURE:
            with pytest.raises(PhotoKindError):
                bare(one)
