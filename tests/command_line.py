"""`./jiujin` in a test's hands: verbs that end, and a system that is up."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from cli.__main__ import main
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-P", "-m", "cli")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
SECONDS = 60.0


def jiujin(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(  # noqa: S603  our own program
        [*COMMAND, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
    )


def verb(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a short verb to its end in this process, which has loaded everything already."""
    code, out, err = 0, StringIO(), StringIO()
    with patch.object(sys, "argv", ["jiujin", *words]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


@dataclass
class Up:
    """A running `./jiujin up`."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]
    screen: Path

    @property
    def address(self) -> str:
        """The one address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """What is on its screen."""
        return self.screen.read_text()

    def wait_ready(self) -> None:
        """Until /readyz is 200; fails when the process ends or takes too long."""
        deadline = time.monotonic() + SECONDS
        while True:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            try:
                if httpx.get(f"{self.address}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)  # a poll with a deadline

    def wait_said(self, words: str, seconds: float = SECONDS) -> None:
        """Until the screen shows these words."""
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)  # a poll with a deadline

    def verb(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another verb on this system."""
        return verb(*words, "--data", str(self.data))

    def json(self, *words: str) -> Any:
        """What a verb answers in JSON."""
        done = self.verb(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def start(data: Path, *words: str) -> Up:
    """Start `up`; returns at once."""
    port = free_port()
    screen = data.with_suffix(".screen")
    with screen.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  our own program
            [*COMMAND, "up", "--data", str(data), "--port", str(port), *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=ENVIRONMENT,
        )
    return Up(data, port, process, screen)


@contextmanager
def running(data: Path, *words: str) -> Iterator[Up]:
    """`up` until it is ready and has said all that it says; ended afterwards."""
    up = start(data, *words)
    try:
        up.wait_ready()
        up.wait_said("Ctrl-C")
        yield up
    finally:
        up.process.terminate()
        up.process.wait(SECONDS)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line on stderr that holds these words, and an exit code that isn't 0."""
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]
