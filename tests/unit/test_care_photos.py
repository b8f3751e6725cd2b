"""Photos of a visit: which are taken, and what a picture tells of where it was made."""

import pytest
from hypothesis import given as whenever
from hypothesis import strategies as some

from services.care.domain.visit import MOST_PHOTOS
from services.care.domain.visit import VISIT as VISITS
from services.care.domain.visit_commands import (
    AttachPhoto,
    PhotosFullError,
    VisitNotBegunError,
    VisitOverError,
)
from shared.contracts import care
from shared.contracts.event import Event
from shared.photos import PhotoKindError, PhotoPlaceError, check, says_where
from tests.care_cases import of_visit, visit_scheduled
from tests.photo_cases import JPEG, MAKE, PLACE, PLACED, exif, with_segment
from tests.unit.given import given

BEGUN = of_visit(care.VisitBegun)
ATTACH = AttachPhoto(sha256="a" * 64, size=9, label="水管")


def attached(sha256: str = "a" * 64, label: str = "水管") -> Event:
    return of_visit(care.PhotoAttached, sha256=sha256, size=9, located=False, label=label)


def test_a_photo_belongs_to_a_visit_that_has_begun() -> None:
    """Not before, not to one that never was; afterwards, too; the same one twice is one."""
    given(VISITS, visit_scheduled()).when(ATTACH).refused(VisitNotBegunError)
    given(VISITS, visit_scheduled(), of_visit(care.VisitMissed)).when(ATTACH).refused(VisitOverError)
    given(VISITS, visit_scheduled(), BEGUN).when(ATTACH).then(attached())
    refused = of_visit(care.VisitRefused, reason="不需要")
    given(VISITS, visit_scheduled(), refused).when(ATTACH).then(attached())
    given(VISITS, visit_scheduled(), BEGUN, attached()).when(ATTACH).then()


def test_there_is_room_for_some() -> None:
    """And no more."""
    full = [attached(f"{nth:064x}", "") for nth in range(MOST_PHOTOS)]
    given(VISITS, visit_scheduled(), BEGUN, *full[1:]).when(ATTACH).then(attached())
    given(VISITS, visit_scheduled(), BEGUN, *full).when(ATTACH).refused(PhotosFullError)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_place_is_found(order: str) -> None:
    """In either byte order, in a picture behind the first one, in XMP, and where nobody can tell."""
    assert says_where(with_segment(JPEG, exif(MAKE, PLACE, order=order)))
    assert not says_where(with_segment(JPEG, exif(MAKE, order=order)))
    assert says_where(with_segment(JPEG, exif(MAKE, order=order)) + PLACED)
    assert says_where(with_segment(JPEG, b'\xff\xe1\x00\x20<x exif:GPSLatitude="43,12N"/>'))
    assert says_where(JPEG + exif(MAKE, order=order)[:20])
    assert not says_where(JPEG)


def test_a_place_is_kept_on_purpose_only() -> None:
    """Refused else; and what is no JPEG is always refused."""
    with pytest.raises(PhotoPlaceError):
        check(PLACED, located=False)
    assert check(PLACED, located=True)
    assert not check(JPEG, located=True)
    with pytest.raises(PhotoKindError):
        check(b"\x89PNG\r\n\x1a\n", located=True)


@whenever(some.binary(max_size=200), some.binary(max_size=60))
def test_any_bytes_are_judged(before: bytes, after: bytes) -> None:
    """Without an error, whatever follows the word Exif."""
    says_where(before + b"Exif\0\0" + after)
    says_where(before + b"Exif\0\0II*\0" + after)
