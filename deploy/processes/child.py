"""A process of ours under watch: started, its lines passed on, started again when it dies, ended in order."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson

from deploy.errors import DeployError
from deploy.log import BYTES, FILES, Seldom, for_people
from deploy.processes.frame import WRONG

ROOT = Path(__file__).parent.parent.parent
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
STEADY_SECONDS = 10.0
"""A process that has lived so long starts again without a wait when it dies."""
STOP_SECONDS = 40.0
LINE_BYTES = 1024 * 1024
SHOWN = frozenset({"serving"})
"""What is shown of its log besides warnings."""


class ChildRefusedError(DeployError):
    """{name} can't start: {reason}"""  # noqa: D415  the reason is a sentence


@dataclass
class Child:
    """`kind` as `python -m deploy.processes` takes it, under a name of its own.

    `changed` is called whenever its process is another; `show` takes its name and a line for people.
    """

    name: str
    kind: str
    environment: Mapping[str, str]
    log: Path
    show: Callable[[str, str], None]
    changed: Callable[[], None]
    door: int | None = None
    _process: asyncio.subprocess.Process | None = None
    _stopping: bool = False
    _last: str = ""
    _seldom: Seldom = field(default_factory=Seldom)

    @property
    def pid(self) -> int | None:
        """Its process, None while there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def port(self) -> int | None:
        """Where it answers; None when the parent has opened its door."""
        port = self.environment.get("JIUJIN_PORT")
        return int(port) if port else None

    async def run(self) -> None:
        """Keep it running until `stop`. ChildRefusedError when a new start can't help."""
        wait = FIRST_WAIT
        lines = RotatingFileHandler(self.log, maxBytes=BYTES, backupCount=FILES, encoding="utf-8")
        try:
            while not self._stopping:
                begin = time.monotonic()
                code = await self._once(lines)
                if self._stopping:
                    return
                if code == WRONG:
                    raise ChildRefusedError(name=self.name, reason=self._last)
                how = signal.Signals(-code).name if code < 0 else f"code {code}"
                self.show(self.name, f"has ended ({how}); starting it again")
                wait = (
                    FIRST_WAIT if time.monotonic() - begin > STEADY_SECONDS else min(wait * 2, LONGEST_WAIT)
                )
                await asyncio.sleep(wait)
        finally:
            lines.close()

    async def stop(self) -> None:
        """End it in order, and kill it if that takes too long."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
            process.send_signal(signal.SIGCONT)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def kill(self) -> None:
        """End it at once."""
        if self.pid is not None and self._process is not None:
            self._process.kill()

    async def _once(self, lines: RotatingFileHandler) -> int:
        words = ["-P", "-m", "deploy.processes", self.kind, "--parent"]
        if self.door is not None:
            words += ["--door", str(self.door)]
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_BYTES,
            cwd=ROOT,
            env={**_clean(), **self.environment},
            pass_fds=() if self.door is None else (self.door,),
            start_new_session=True,
        )
        self.changed()
        if process.stdout is not None:
            async for line in process.stdout:
                self._pass_on(line.decode(errors="replace").rstrip(), lines)
        return await process.wait()

    def _pass_on(self, line: str, lines: RotatingFileHandler) -> None:
        """Into its log; onto the screen what people should see."""
        lines.emit(logging.makeLogRecord({"msg": line}))
        try:
            entry: dict[str, Any] = orjson.loads(line)
        except ValueError:
            self._last = line
            self.show(self.name, line)
            return
        if self._is_for_people(entry):
            self.show(self.name, for_people(entry))

    def _is_for_people(self, entry: dict[str, Any]) -> bool:
        """A library's troubles with the broker are its own: what they lead to, our own parts tell."""
        if entry.get("event") in SHOWN:
            return True
        if entry.get("level") in {"debug", "info"} or str(entry.get("logger")).startswith("aiokafka"):
            return False
        told = {"name": self.name, "msg": entry, "created": time.time()}
        return self._seldom.filter(logging.makeLogRecord(told))


def _clean() -> dict[str, str]:
    """Our environment without settings that are meant for others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIUJIN_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
