"""Whether a disk has room for PostgreSQL to work."""

import os
from pathlib import Path

ROOM = 32 * 1024 * 1024
"""Bytes: two segments of its log. With less it neither starts nor goes on for long."""


def full(*folders: Path | None) -> Path | None:
    """The first of these folders whose disk lacks ROOM for those who aren't root; None when all have it."""
    for folder in folders:
        if folder is not None and folder.exists():
            disk = os.statvfs(folder)
            if disk.f_bavail * disk.f_frsize < ROOM:
                return folder
    return None
