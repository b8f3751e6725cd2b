"""A consumer's inbox knows a stream by its name alone, without the service that it came from."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def categories() -> Iterator[str]:
    """The first word of each `Decider(…)` in the program."""
    for room in ("services", "shared"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "Decider"
                ):
                    first = node.args[0]
                    assert isinstance(first, ast.Constant), f"{file}:{node.lineno} is no plain word"
                    yield str(first.value)


def test_no_two_aggregates_share_a_category() -> None:
    """Over all services: streams of one name would hide each other's events in whoever reads both."""
    found = Counter(categories())
    assert {"request", "match", "visit", "reading", "account", "skip"} <= found.keys()
    assert [category for category, times in found.items() if times > 1] == []
