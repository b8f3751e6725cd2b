"""The files that pin what is installed agree with each other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def pins(name: str) -> set[str]:
    """Each package with its version."""
    return set(re.findall(r"^[A-Za-z0-9_.\-]+==[^ ;\\]+", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("part", ["requirements-service.lock", "requirements-engine.lock"])
def test_what_an_image_installs_is_what_is_tested(part: str) -> None:
    """Every pin of an image's file stands in the one that `./jiujin up` installs."""
    assert pins(part)
    assert pins(part) <= pins("requirements.lock")
