"""The page of races names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "races.md"
NAMED = re.compile(r"`([\w/]+\.py|…)::(test_\w+)`")
"""A test by its file below `tests/`; `…` stands for the file named before it."""


def test_every_test_that_is_named_exists() -> None:
    """In each row, and in the file that the page says."""
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert named
    file = ""
    for place, name in named:
        file = file if place == "…" else place
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{file}::{name}"


def test_every_race_is_shown_by_a_test() -> None:
    """No row without one."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if " × " in line]
    assert [row for row in rows if not NAMED.search(row)] == []
