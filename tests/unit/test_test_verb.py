"""`./jiujin test` tells at its end what ran, what was skipped and what to install."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.test import Done, last_lines, merged, the_tests

ROOT = Path(__file__).parent.parent.parent
SKIPPING = """
import pytest

@pytest.mark.parametrize("browser", range(3))
def test_page(browser):
    pytest.skip("no Chromium: run `npm ci`")

def test_else(tell_postgres):
    tell_postgres("18 from a test")

def test_more(tell_kafka):
    tell_kafka("4.3.0 from a test")
"""
SKIPPED_MODULE = """
import pytest
pytest.skip("no Java: install a JRE", allow_module_level=True)
"""


def run(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Run pytest on the modules in the folder; its exit code and notes."""
    notes = folder / "notes.json"
    done = subprocess.run(  # noqa: S603  our own tools
        [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "xdist",
                "-p",
                "tests.notes",
                "-p",
                "no:cacheprovider",
            ),
            *("-c", "/dev/null", "--rootdir", str(folder), "--notes", str(notes), *words, str(folder)),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert notes.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(notes.read_text())
    return done.returncode, found


def test_notes_tell_each_reason_once(tmp_path: Path) -> None:
    """With how many tests or modules it kept back, and which servers were used, from workers too."""
    tmp_path.joinpath("test_some.py").write_text(SKIPPING)
    tmp_path.joinpath("test_none.py").write_text(SKIPPED_MODULE)
    code, notes = run(tmp_path, "-n2")
    assert code == 0
    assert notes["skipped"] == {"no Chromium: run `npm ci`": 3, "no Java: install a JRE": 1}
    assert notes["postgres"] == ["18 from a test"]
    assert notes["kafka"] == ["4.3.0 from a test"]


@pytest.mark.parametrize(
    ("module", "several", "told"),
    [
        (SKIPPING, "-n2", {"no Chromium: run `npm ci`": 3}),
        (SKIPPED_MODULE, "-n0", {"no Java: install a JRE": 1}),
    ],
    ids=["test", "module"],
)
def test_a_skip_is_a_failure_where_all_is_required(
    tmp_path: Path, module: str, several: str, told: dict[str, int]
) -> None:
    """The run fails, and the notes name the same reason."""
    tmp_path.joinpath("test_some.py").write_text(module)
    code, notes = run(tmp_path, several, "--require-all")
    assert code != 0
    assert notes["skipped"] == told


def test_the_last_lines_tell_it_all() -> None:
    """Checks with their times, then what the tests had, what was skipped, and the whole time."""
    done = [Done("mypy", 0, 61.04), Done("pytest", 1, 200.0)]
    notes = {
        "postgres": ["18 from the wheel"],
        "kafka": ["4.3.0 from its jars"],
        "skipped": {"no Chromium: run `npm ci`": 3},
    }
    assert [line.split() for line in last_lines(done, notes, 262.0)] == [
        ["mypy", "ok", "61.0", "s"],
        ["pytest", "failed", "(1)", "200.0", "s"],
        ["PostgreSQL", "18", "from", "the", "wheel"],
        ["Kafka", "4.3.0", "from", "its", "jars"],
        ["skipped", "3", "no", "Chromium:", "run", "`npm", "ci`"],
        ["total", "262.0", "s"],
    ]


def test_the_number_of_processes_can_be_said() -> None:
    """`-n 0` for a debugger: no other number is put beside it."""
    (check,) = the_tests(["-n", "0"], require_all=False)
    words = check.words
    assert [word for word in words if word.startswith("-n")] == ["-n"]


def test_when_all_are_run_some_have_the_machine_for_themselves() -> None:
    """No test is in both runs, none in neither; whoever names tests has them in one run."""
    first, then = (check.words for check in the_tests([], require_all=True))
    assert first[-2:] == ["-m", "not alone"]
    assert then[-2:] == ["-m", "alone"]
    assert "--require-all" in first
    assert "--require-all" in then
    assert not any(word.startswith("-n") for word in then)
    assert len(the_tests(["tests/compose"], require_all=True)) == 1


def test_what_two_runs_told_is_told_once() -> None:
    """Servers by name; what was skipped, added up."""
    one = {"postgres": ["from the wheel"], "skipped": {"no Java": 2}}
    other = {"postgres": ["from the wheel"], "kafka": ["in Docker"], "skipped": {"no Java": 1}}
    assert merged([one, other]) == {
        "postgres": ["from the wheel"],
        "kafka": ["in Docker"],
        "skipped": {"no Java": 3},
    }
