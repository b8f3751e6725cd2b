"""A place in the order of a store."""

from typing import NamedTuple


class Position(NamedTuple):
    """A place in the order of all events of a store: events before it are read, later ones are not."""

    epoch: int = 0
    xid: int = 0
    seq: int = 0


START = Position()
