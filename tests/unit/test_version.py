"""The program says the version that it has."""

import tomllib
from pathlib import Path

from shared.version import VERSION


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
