"""The pages of races and of traps name tests that exist, one at the least in each row."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
NAMED = re.compile(r"`([\w/]+\.py|…)::(test_\w+)`")
"""A test by its file below `tests/`; `…` stands for the file named before it."""
ROW = {"races.md": re.compile(r" × "), "traps.md": re.compile(r"^\| (?!trap|-)[^-]")}


@pytest.mark.parametrize("page", ROW)
def test_every_test_that_is_named_exists(page: str) -> None:
    """In each row, and in the file that the page says."""
    named = NAMED.findall((REFERENCE / page).read_text(encoding="utf-8"))
    assert named
    file = ""
    for place, name in named:
        file = file if place == "…" else place
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{file}::{name}"


@pytest.mark.parametrize("page", ROW)
def test_every_row_has_a_test(page: str) -> None:
    """No race and no trap without one."""
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if ROW[page].search(line)]
    assert rows
    assert [row for row in rows if not NAMED.search(row)] == []
