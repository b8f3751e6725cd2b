"""Amounts of money and of time, and lists of ids."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

Fen = Annotated[int, Field(ge=0, le=100_000_000_000)]
"""Money in fen (分), a hundredth of a yuan; up to a thousand million yuan."""

Minutes = Annotated[int, Field(ge=1, le=1440)]

Ids = tuple[UUID, ...]
