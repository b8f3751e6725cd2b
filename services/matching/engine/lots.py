"""Who goes first among equals."""

import hashlib
from uuid import UUID


def lot(request: UUID, helper: UUID) -> bytes:
    """Settles a tie the same way every time, by nobody's choice: the smaller goes first."""
    return hashlib.sha256(request.bytes + helper.bytes).digest()
