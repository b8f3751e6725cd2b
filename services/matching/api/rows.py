"""Between rows of the views and answers."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson


def shown(row: Any, json: Sequence[str] = (), hidden: Sequence[str] = ()) -> dict[str, Any]:
    """A row as an answer: its `json` columns read, its `hidden` ones left out."""
    return {
        name: orjson.loads(value) if name in json and value is not None else value
        for name, value in dict(row).items()
        if name not in hidden
    }


def plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as they are."""
    return [dict(row) for row in rows]
