"""Evidence files: encrypted under the cadre's key, kept by the SHA-256 of the plain file.

The file is on the disk before the event that names it; a file without an event does no harm. Each cadre has
a folder, since the same file of two cadres is sealed under two keys.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from anyio import to_thread

from shared.contracts.event import Seal
from shared.errors import InvalidError, RefusedError, UnknownError
from shared.vault import TamperedError, Vault

MOST = 5 * 1024 * 1024
"""5 MB, in bytes of the plain file."""

KINDS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


class FileTooLargeError(InvalidError):
    """A file may have 5 MB at the most. Scan it with a lower resolution, or split it."""

    zh = "文件不能超过 5 MB。请降低扫描分辨率，或分成几份。"


class FileKindError(InvalidError):
    """Only PDF, JPEG and PNG are taken, and the content must be what it says. Save it as one of them."""

    zh = "只接受 PDF、JPEG、PNG，且内容须与所称类型一致。请另存为其中一种。"


class FileEmptyError(InvalidError):
    """The file is empty. Choose it again."""

    zh = "文件是空的。请重新选择。"


class EvidenceDamagedError(RefusedError):
    """The stored file is not the one that was attached: it was changed or lost. Tell the administrator."""

    zh = "存储的文件与上传时不一致或已丢失。请告知管理员。"


class EvidenceErasedError(UnknownError):
    """The key of this file was destroyed: nobody can read it any more."""

    zh = "该文件的密钥已销毁，无法再读取。"


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Where evidence lies."""

    folder: Path
    vault: Vault

    async def put(self, cadre: UUID, plain: bytes) -> str:
        """Keep a file durably; gives its SHA-256 in hex. The same file again is fine."""
        sha256 = hashlib.sha256(plain).hexdigest()
        name = (cadre, Seal.PERSONAL)
        await self.vault.fetch([name], make=True)
        sealed = self.vault.seal(name, plain, _header(cadre, sha256))
        await to_thread.run_sync(_write, self._path(cadre, sha256), sealed)
        return sha256

    async def take(self, cadre: UUID, sha256: str) -> bytes:
        """The plain file; EvidenceDamagedError when it is not what was attached."""
        name = (cadre, Seal.PERSONAL)
        await self.vault.fetch([name])
        try:
            sealed = await to_thread.run_sync(self._path(cadre, sha256).read_bytes)
            plain = self.vault.open(name, sealed, _header(cadre, sha256))
        except (FileNotFoundError, TamperedError, ValueError) as error:
            raise EvidenceDamagedError from error
        if plain is None:
            raise EvidenceErasedError
        if hashlib.sha256(plain).hexdigest() != sha256:
            raise EvidenceDamagedError
        return plain

    def _path(self, cadre: UUID, sha256: str) -> Path:
        return self.folder / str(cadre) / sha256


def kind_of(plain: bytes, declared: str) -> str:
    """The media type that the first bytes say; FileKindError when it isn't taken or not what was declared."""
    found = next((kind for magic, kind in KINDS.items() if plain.startswith(magic)), None)
    stated = declared.partition(";")[0].strip().lower()
    if found is None or stated not in {found, "", "application/octet-stream"}:
        raise FileKindError("file")
    return found


def _header(cadre: UUID, sha256: str) -> bytes:
    return f"care.evidence/{cadre}/{sha256}".encode()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with half.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
