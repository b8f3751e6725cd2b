"""What was read or written lately, kept at hand: as many entries as fit, the least used forgotten first."""

from collections import OrderedDict
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

V = TypeVar("V")


class Remembered(NamedTuple):
    """A stream as it was after its last known event: what the next append needs to know of it."""

    state: Any
    version: int
    hash: bytes
    recorded: datetime
    key: str
    correlation: UUID
    case: UUID | None
    cadres: tuple[UUID, ...]


class Memory(Generic[V]):
    """A mapping from names that forgets."""

    def __init__(self, limit: int) -> None:
        """Keep `limit` entries at the most."""
        self._limit = limit
        self._entries: OrderedDict[str, V] = OrderedDict()

    def get(self, name: str) -> V | None:
        """The entry, if it is remembered."""
        found = self._entries.get(name)
        if found is not None:
            self._entries.move_to_end(name)
        return found

    def put(self, name: str, entry: V) -> None:
        """Remember."""
        self._entries[name] = entry
        self._entries.move_to_end(name)
        if len(self._entries) > self._limit:
            self._entries.popitem(last=False)

    def forget(self, name: str) -> None:
        """Forget, if it is remembered."""
        self._entries.pop(name, None)
