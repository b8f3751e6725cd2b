"""Two logs: JSON lines in the data folder for programs, warnings on the screen for people.

Only named fields are written, so that nothing personal gets into a log by accident.
"""

import logging
import sys
from logging.handlers import RotatingFileHandler

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from deploy.folder import DataFolder
from deploy.postgres.errors import folder_errors

FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "logger", "exception", "service", "consumer", "source", "event_id"),
        *("type", "code", "path", "sub", "handler", "timer", "name", "error", "attempts", "seconds", "count"),
    }
)
BYTES = 8 * 1024 * 1024
FILES = 4


def known_fields(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """Leave out every field that isn't in the list; structlog's own begin with `_`."""
    return {name: value for name, value in entry.items() if name in FIELDS or name.startswith("_")}


def configure(folder: DataFolder) -> None:
    """Send structlog and the standard library's log to both. Raises FolderNotWritable, DiskFull."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        known_fields,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    with folder_errors(folder.path):
        folder.log.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(folder.log, maxBytes=BYTES, backupCount=FILES, encoding="utf-8")
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    # Who was refused what is for the file: on the screen it would only scroll the rest away.
    screen.addFilter(lambda record: record.name != "jiujin.http" or record.levelno > logging.WARNING)
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    file.setFormatter(_formatter(shared, strip, structlog.processors.JSONRenderer()))
    screen.setFormatter(_formatter(shared, strip, _for_people))
    root = logging.getLogger()
    root.handlers = [file, screen]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A full disk must not fill the screen with the log's own troubles.
    logging.raiseExceptions = False


def _formatter(shared: list[Processor], *last: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=list(last))


def _for_people(_: WrappedLogger, __: str, entry: EventDict) -> str:
    """One line; the trace stays in the file."""
    said = [
        f"{name}={entry[name]}" for name in entry if name not in {"event", "level", "timestamp", "exception"}
    ]
    return f"jiujin: {entry['event']} ({', '.join(said)})"
