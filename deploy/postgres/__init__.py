"""PostgreSQL 18 of our own: binaries from a wheel, the cluster in the data folder, nothing to install."""

from deploy.postgres.databases import DATABASES
from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.errors import (
    AlreadyRunning,
    BinariesMissing,
    DiskFull,
    FolderNotWritable,
    NoAccount,
    NotACluster,
    OtherVersion,
    PostgresError,
    SecretLost,
    StartFailed,
    Unreachable,
    WrongOwner,
)

__all__ = [
    "DATABASES",
    "AlreadyRunning",
    "BinariesMissing",
    "DiskFull",
    "EmbeddedPostgres",
    "FolderNotWritable",
    "NoAccount",
    "NotACluster",
    "OtherVersion",
    "PostgresError",
    "SecretLost",
    "StartFailed",
    "Unreachable",
    "WrongOwner",
]
