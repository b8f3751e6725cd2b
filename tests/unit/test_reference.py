"""The reference pages say what the contracts say."""

from pathlib import Path

import pytest

from deploy.reference import pages

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", ["events.md", "commands.md", "states.md", "permissions.md"])
def test_a_page_is_current(name: str) -> None:
    """`./jiujin reference` would change nothing."""
    assert FOLDER.joinpath(name).read_text(encoding="utf-8") == pages()[name]
