"""The measures run as they are: their figures are for a quiet machine, that they work is for every one."""

import subprocess
import sys

import orjson
import pytest

from bench.__main__ import MEASURES
from cli.app import CHECKOUT


@pytest.mark.long
@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_runs(name: str) -> None:
    """Ours and what it is compared with are both measured, and nothing on the way was unsound."""
    words = [sys.executable, "-m", "bench", name, "--quick", "--json"]
    done = subprocess.run(words, check=False, cwd=CHECKOUT, capture_output=True, timeout=300)  # noqa: S603  ours
    assert done.returncode == 0, done.stderr.decode()
    lines = orjson.loads(done.stdout)["lines"]
    assert lines
    assert all(line["sound"] for line in lines), lines
    figures = [line[side]["figures"] for line in lines for side in ("ours", "theirs")]
    assert all(min(one) > 0 for one in figures), figures
