"""What people have told gets into no log line: not by errors, not by asyncio, not by what is handled."""

import io
import json
import logging
import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
import structlog

from deploy.log import configure_stdout
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.observe.logs import about, by, named

SECRET = "王秀兰 13900000000"
EVENT = UUID("019e80b1-da80-7d16-908b-a25696bf70dd")
CADRE = UUID("019e80b1-da80-7d16-908b-a25696bf70de")
AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where a process logs to meanwhile."""
    written, root, before = io.StringIO(), logging.getLogger(), structlog.get_config()
    handlers, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    with redirect_stdout(written):
        configure_stdout("intake", "INFO")
        yield written
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    root.handlers, root.level, logging.raiseExceptions = handlers, level, raising


def _fails() -> None:
    try:
        os.environ[SECRET]
    except KeyError as error:
        raise ValueError(SECRET) from error


def test_an_error_is_told_by_its_kind() -> None:
    """Its message quotes values, unless it is about a connection."""
    assert named(ValueError(SECRET)) == "ValueError"
    assert named(asyncpg.UniqueViolationError(SECRET)).startswith("UniqueViolationError(")
    assert "refused" in named(ConnectionRefusedError("refused"))


def test_a_trace_has_lines_of_code_and_no_values(lines: io.StringIO) -> None:
    """Of the error and of what it came from."""
    try:
        _fails()
    except ValueError:
        structlog.get_logger("jiujin.test").exception("it failed")
    (entry,) = _entries(lines)
    assert SECRET not in lines.getvalue()
    assert "ValueError" in entry["exception"]
    assert "KeyError" in entry["exception"]
    assert __name__.rpartition(".")[2] in entry["exception"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{SECRET}')>",
            "Task exception was never retrieved",
        ),
        (f"Exception in callback call('{SECRET}')", "Exception in callback call"),
    ],
)
def test_what_asyncio_says_names_no_values(lines: io.StringIO, said: str, kept: str) -> None:
    """It shows tasks and calls with their arguments and errors."""
    logging.getLogger("asyncio").error(said)
    (entry,) = _entries(lines)
    assert entry["event"] == kept


def test_a_line_of_an_event_names_it_and_whom_it_is_about(lines: io.StringIO) -> None:
    """By ids; and a field that nobody has named isn't written."""
    envelope = Envelope(
        id=EVENT, type="intake.Noted", version=1, source="intake", stream="note-1", stream_version=1,
        key=str(CADRE), happened=AT, recorded=AT, actor=Actor("op-1", "operator"), correlation=CADRE,
        simulated=True, previous=GENESIS, data=SECRET.encode(), cadres=(CADRE,), case=EVENT, causation=CADRE,
    )  # fmt: skip
    log = structlog.get_logger("jiujin.test")
    with about(envelope):
        log.info("handled", words=SECRET)
    with by(Actor("op-2", "operator"), "intake.Note"):
        log.info("done")
    handled, done = _entries(lines)
    assert SECRET not in lines.getvalue()
    told = {name: handled[name] for name in ("event_id", "case", "cadre", "causation", "actor", "service")}
    assert told == {
        "event_id": str(EVENT),
        "case": str(EVENT),
        "cadre": str(CADRE),
        "causation": str(CADRE),
        "actor": "op-1",
        "service": "intake",
    }
    assert (done["actor"], done["command"]) == ("op-2", "intake.Note")


def _entries(lines: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]
