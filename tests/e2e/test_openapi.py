"""Every OpenAPI document is tried with generated requests: whatever comes in, no answer is a 500."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Up, start
from tests.harness import NAMES

ROLES = {
    "intake": "operator",
    "matching": "coordinator",
    "care": "secretary",
    "reporting": "auditor",
    "identity": "admin",
}
EXAMPLES = 5


@pytest.fixture(scope="module")
def up(open_folder: Path) -> Iterator[Up]:
    """A running system on a virtual clock."""
    with tempfile.TemporaryDirectory(dir=open_folder) as folder:
        running = start(Path(folder) / "openapi", "--virtual")
        running.wait_ready()
        running.wait_said("Ctrl-C")
        yield running
        running.process.terminate()
        running.process.wait(60)


@pytest.mark.long
@pytest.mark.parametrize("service", NAMES)
def test_no_generated_request_makes_a_500(up: Up, service: str) -> None:
    """Positive and negative examples of every operation, in the role that may do most."""
    role = ROLES[service]
    tokens = json.loads((up.data / "tokens.json").read_text())
    token = tokens.get(role) or tokens["tokens"][role]
    done = subprocess.run(  # noqa: S603  our own tools
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{up.address}/{service}/api/v1/openapi.json",
            "--checks=not_a_server_error",
            f"--max-examples={EXAMPLES}",
            "--phases=examples,coverage,fuzzing",
            "--seed=7",
            "--request-timeout=60",  # a password is slow to check, and the machine may be busy
            f"--header=Authorization: Bearer {token}",
            "--header=Idempotency-Key: generated-request",
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=500,
        cwd=up.data.parent,  # it keeps notes where it runs
    )
    assert done.returncode == 0, done.stdout
