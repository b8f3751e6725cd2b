"""The system in several processes under every kind of blow, once; then everything is checked."""

import subprocess
from pathlib import Path

import pytest

from tests.command_line import COMMAND, ENVIRONMENT, ROOT, SECONDS
from tests.e2e.test_several import begin

CHAOS_SECONDS = 900.0


@pytest.mark.long
@pytest.mark.alone
def test_everything_holds_under_every_blow(data: Path, kafka_jars: Path) -> None:
    """Kills, pauses, rebalances, redeliveries, while people are at work."""
    assert kafka_jars.exists()
    up = begin(data, "--pastless")
    try:
        done = subprocess.run(  # noqa: S603  our own program
            [*COMMAND, "chaos", "--short", "--minutes", "0.1", "--seed", "5", "--data", str(data)],
            check=False,
            capture_output=True,
            text=True,
            timeout=CHAOS_SECONDS,
            cwd=ROOT,
            env=ENVIRONMENT,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:] + up.said[-2000:]
        assert "Everything holds" in done.stdout
    finally:
        up.process.terminate()
        up.process.wait(SECONDS)
