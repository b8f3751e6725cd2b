"""What is the infrastructure's fault, not the event's: wait for it, don't count it."""

import asyncpg

OUTAGES = (
    ConnectionError,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


def is_outage(error: BaseException) -> bool:
    """Whether the database, not the work, is to blame."""
    if isinstance(error, ValueError):  # asyncpg's DataError is an InterfaceError, and the value's own fault
        return False
    return isinstance(error, OUTAGES)
