"""What a log line says of an event and of an error: ids and names of kinds, nothing that people have told.

Messages of errors quote values: a row that is there already, a text that is no number. So only those are
passed on that are about connections; of all others the kind is said, and the trace, which holds no values.
"""

import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

import asyncpg
import structlog
from aiokafka.errors import KafkaError
from structlog.typing import EventDict, WrappedLogger

from shared.bus.envelope import Actor, Envelope
from shared.bus.outage import is_outage

_CALL = re.compile(r"[\n(<]")


def named(error: BaseException) -> str:
    """An error's kind; its message when that is about a connection; of the database's, what it names."""
    kind = type(error).__name__
    if isinstance(error, KafkaError | OSError) or is_outage(error):
        return repr(error)
    if isinstance(error, asyncpg.PostgresError):
        names = (error.constraint_name, error.table_name, error.column_name)
        return f"{kind}({', '.join(str(name) for name in names if name)})"
    return kind


def marks_of(envelope: Envelope) -> Mapping[str, str]:
    """What tells which event it is: itself, its case, whom it is about (by id), what caused it, who acted."""
    found = {
        "event_id": str(envelope.id),
        "type": envelope.type,
        "case": str(envelope.case or ""),
        "cadre": ",".join(str(cadre) for cadre in envelope.cadres),
        "causation": str(envelope.causation or ""),
        "actor": envelope.actor.sub,
    }
    return {name: value for name, value in found.items() if value}


def about(envelope: Envelope) -> AbstractContextManager[object]:
    """Meanwhile every line says which event is being handled."""
    return structlog.contextvars.bound_contextvars(about=envelope)


def by(actor: Actor, command: str) -> AbstractContextManager[object]:
    """Meanwhile every line says whose command is being done."""
    return structlog.contextvars.bound_contextvars(actor=actor.sub, command=command)


def with_marks(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """A processor: the marks of the event that is being handled, made only for a line that is written."""
    envelope = entry.pop("about", None)
    if isinstance(envelope, Envelope):
        return {**marks_of(envelope), **entry}
    return entry


def of_the_loop(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """A processor: what asyncio says went wrong, without the task or call in which it did, and its values."""
    if entry.get("logger") == "asyncio":
        entry["event"] = _CALL.split(str(entry["event"]), maxsplit=1)[0].strip()
    return entry


def without_values(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """A processor: the trace of an exception as lines of code, each error by its kind."""
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        entry["exception"] = "".join(_told(error))
    return entry


def _told(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _told(cause)
        yield "\n"
    yield from traceback.format_tb(error.__traceback__)
    yield named(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield "\n"
            yield from _told(one)
