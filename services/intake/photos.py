"""Photos of cadres: small pictures in the database, sealed with the key of whom they show.

A picture is there before the event that names it; one without an event does no harm. Once the cadre's keys
are destroyed nobody can see it any more.
"""

import hashlib
from uuid import UUID

from shared.contracts.event import Seal
from shared.errors import InvalidError, UnknownError
from shared.eventstore.store import EventStore
from shared.photos import bare, check

MOST = 256 * 1024
"""Bytes of a picture; pages send about a fifth of that."""

_PUT = "INSERT INTO photos.photos (cadre, sha256, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


class PhotoSizeError(InvalidError):
    """A photo has 256 KiB at the most, and isn't empty. Save it smaller, or choose it again."""

    zh = "照片不能为空，且不超过 256 KiB。请缩小后保存，或重新选择。"


class PhotoGoneError(UnknownError):
    """This photo can't be read any more: its key was destroyed."""

    zh = "这张照片的密钥已销毁，无法再读取。"


def checked(plain: bytes) -> bytes:
    """The picture alone, without what a camera writes. PhotoSizeError, PhotoKindError, PhotoPlaceError."""
    if not 0 < len(plain) <= MOST:
        raise PhotoSizeError("file")
    picture = bare(plain)
    check(picture, located=False)
    return picture


def name_of(picture: bytes) -> str:
    """Its SHA-256 in hex."""
    return hashlib.sha256(picture).hexdigest()


async def put(store: EventStore, cadre: UUID, picture: bytes) -> None:
    """Keep it; the same again is fine."""
    name, sha256 = (cadre, Seal.PERSONAL), name_of(picture)
    await store.vault.fetch([name], make=True)
    sealed = store.vault.seal(name, picture, _header(cadre, sha256))
    await store.pool.execute(_PUT, cadre, sha256, sealed)


async def take(store: EventStore, cadre: UUID, sha256: str) -> bytes:
    """The picture; PhotoGoneError once the cadre's data were erased."""
    name = (cadre, Seal.PERSONAL)
    await store.vault.fetch([name])
    sealed = await store.pool.fetchval(
        "SELECT sealed FROM photos.photos WHERE cadre = $1 AND sha256 = $2", cadre, sha256
    )
    plain = store.vault.open(name, sealed, _header(cadre, sha256)) if sealed else None
    if plain is None:
        raise PhotoGoneError
    return plain


def _header(cadre: UUID, sha256: str) -> bytes:
    return f"intake.photo/{cadre}/{sha256}".encode()
