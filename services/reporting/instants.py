"""Instants that a question may name."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

Instant = Annotated[
    AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
]
"""An aware time within what calendars and the database can reckon with in any zone."""
