"""The private key that signs tokens: made at the first start, for the owner's eyes only."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class KeyUnreadableError(Exception):
    """The key file is not an Ed25519 key in PEM: bring it back from the backup of the data folder."""


def load_or_make(path: Path) -> Ed25519PrivateKey:
    """The key in this file, PEM, mode 0600; a new one on first use. KeyUnreadableError, OSError."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_suffix(".new")
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)
        made = Ed25519PrivateKey.generate()
        half.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        half.rename(path)
    return load(path)


def load(path: Path) -> Ed25519PrivateKey:
    """The key in this file, PEM. KeyUnreadableError, OSError."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except ValueError as error:
        raise KeyUnreadableError(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnreadableError(path)
    return key
