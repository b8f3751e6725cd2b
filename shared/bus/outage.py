"""What is the infrastructure's fault, not the event's: wait for it, don't count it."""

import errno

import asyncpg

OUTAGES = (
    ConnectionError,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
CUT = ("clos", "released back to the pool")
"""How the client tells of a connection that is gone; a pool takes back one that was cut while it was held."""


def is_full(error: BaseException) -> bool:
    """Whether there is no room on the disk, the database's or the files'."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return isinstance(error, asyncpg.DiskFullError)


def is_outage(error: BaseException) -> bool:
    """Whether the database, not the work, is to blame."""
    if isinstance(error, asyncpg.InterfaceError):  # most of them tell of a wrong use, or of a wrong value
        return any(word in str(error) for word in CUT) and not isinstance(error, ValueError)
    if is_full(error):
        return True
    if isinstance(error, OSError) and error.filename is not None:  # about a file, not about a connection
        return False
    return isinstance(error, OUTAGES)
