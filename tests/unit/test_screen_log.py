"""What the log shows on the screen."""

import logging

from deploy.log import SAID_SECONDS, Seldom


def warning(event: object, at: float, **more: object) -> logging.LogRecord:
    """A record of structlog at a time."""
    record = logging.LogRecord("jiujin.local", logging.WARNING, "", 0, {"event": event, **more}, None, None)
    record.created = at
    return record


def test_an_outage_is_not_told_with_every_try() -> None:
    """Once in a while, whatever its error says; another part's, and another event, is told at once."""
    seldom = Seldom()
    assert seldom.filter(warning("database away", 1000.0, name="care", error="a"))
    assert not seldom.filter(warning("database away", 1000.5, name="care", error="b"))
    assert seldom.filter(warning("database away", 1000.5, name="intake"))
    assert seldom.filter(warning("event failed", 1000.5, name="care"))
    assert seldom.filter(warning("database away", 1000.0 + SAID_SECONDS, name="care"))
