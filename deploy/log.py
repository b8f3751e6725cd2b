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
from shared.observe.logs import of_the_loop, with_marks, without_values

FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "logger", "exception", "service", "consumer", "source", "event_id"),
        *("type", "code", "path", "sub", "handler", "timer", "name", "error", "attempts", "seconds", "count"),
        *("case", "cadre", "causation", "actor", "command", "topic", "offset", "failures"),
    }
)
FOR_THE_FILE = frozenset({"jiujin.http", "asyncpg.pool"})
"""Loggers whose warnings aren't shown."""
UNSAID = frozenset({"event", "level", "timestamp", "exception", "service", "logger"})
"""What isn't shown of an entry: which part it is of, a person sees by its name."""
SAID_SECONDS, SAID = 60.0, 1000
BYTES = 8 * 1024 * 1024
FILES = 4


def known_fields(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """Leave out every field that isn't in the list; structlog's own begin with `_`."""
    return {name: value for name, value in entry.items() if name in FIELDS or name.startswith("_")}


class Seldom(logging.Filter):
    """Lets through what wasn't said within SAID_SECONDS: an outage is told with every try."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        super().__init__()
        self._said: dict[tuple[str, ...], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to show it; the same is the same event of the same part, whatever its error says."""
        told = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        same = (record.name, *(str(told.get(name)) for name in ("event", "name", "consumer", "event_id")))
        if record.created - self._said.get(same, 0.0) < SAID_SECONDS:
            return False
        if len(self._said) >= SAID:
            self._said.clear()
        self._said[same] = record.created
        return True


def configure(folder: DataFolder) -> None:
    """Send structlog and the standard library's log to both. Raises FolderNotWritable, DiskFull."""
    with folder_errors(folder.path):
        folder.log.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(folder.log, maxBytes=BYTES, backupCount=FILES, encoding="utf-8")
    file.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=False)))
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    # Who was refused what is for the file: on the screen it would only scroll the rest away. So are the tries
    # of the pools while the database is away, which the runner tells in one line.
    screen.addFilter(lambda record: record.name not in FOR_THE_FILE or record.levelno > logging.WARNING)
    screen.addFilter(Seldom())
    screen.setFormatter(_formatter(_for_people))
    _send(logging.INFO, file, screen)


def configure_stdout(service: str, level: str) -> None:
    """Send both to stdout as JSON lines that name the service, for whoever runs this process."""
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=False)))
    structlog.contextvars.bind_contextvars(service=service)
    _send(logging.getLevelNamesMapping()[level], lines)


def _send(level: int, *handlers: logging.Handler) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = list(handlers)
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "alembic", "aiokafka", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A full disk must not fill the screen with the log's own troubles.
    logging.raiseExceptions = False


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    with_marks,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    of_the_loop,
    without_values,
    known_fields,
]


def _formatter(last: Processor) -> logging.Formatter:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[strip, last])


def _for_people(_: WrappedLogger, __: str, entry: EventDict) -> str:
    return f"jiujin: {for_people(entry)}"


def for_people(entry: EventDict) -> str:
    """One line; the trace stays in the file."""
    said = ", ".join(f"{name}={entry[name]}" for name in entry if name not in UNSAID)
    return f"{entry['event']} ({said})" if said else str(entry["event"])
