"""What people see: tables and lines, with colour only on a terminal."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from rich.console import Console

SHANGHAI = ZoneInfo("Asia/Shanghai")
WIDE = 200
"""Columns where there is no terminal to ask: nothing is cut off for a program that reads along."""


def console() -> "Console":
    """Standard output; rich colours it on a terminal only, and not where NO_COLOR is set."""
    from rich.console import Console

    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDE)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table; figures to the right. Its title says what it is when there is nothing in it."""
    from rich.table import Table

    body = [list(row) for row in rows]
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        figures = bool(body) and all(isinstance(row[place], int) for row in body)
        table.add_column(name, justify="right" if figures else "left", overflow="fold")
    for row in body:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console().print(table)


def show_json(value: Any) -> None:
    """JSON on one line."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def local(text: str | None) -> str:
    """A time of the API as people in Shanghai read it, to the second."""
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def show_tree(value: Any, *, depth: int = 0) -> None:
    """Nested values as indented lines, empty ones left out."""
    indent = "  " * depth
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner in (None, "", [], {}):
                continue
            if isinstance(inner, dict | list):
                print(f"{indent}{name}:")
                show_tree(inner, depth=depth + 1)
            else:
                print(f"{indent}{name}: {inner}")
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                print(f"{indent}-")
                show_tree(inner, depth=depth + 1)
            else:
                print(f"{indent}- {inner}")
