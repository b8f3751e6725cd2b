"""One Kafka process: made, started, watched and stopped, whatever its last run left behind."""

import base64
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.disk import full
from deploy.kafka.errors import KafkaPortError, KafkaStartError
from deploy.kafka.place import Place, Progress
from deploy.kafka.ready import answers
from deploy.kafka.settings import DATA, JVM, properties
from deploy.ports import free_port, is_free
from deploy.postgres.errors import DiskFull, folder_errors
from deploy.postgres.server import wait_until

LOG_BYTES = 8 * 1024 * 1024
START_SECONDS = 600.0  # after a kill it reads its logs anew
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05
PORT_TRIES = 5

# Ends Kafka when we die: our end of the pipe closes without a word. A planned stop says one first. $1 is in
# the words of our Kafka's command line only, in case the number is another process's by then.
WATCHDOG = """
ours() { grep -qaF -- "$1" "/proc/$0/cmdline" 2>/dev/null; }
read -r word && exit
ours "$1" && kill -TERM "$0" && kill -CONT "$0"
for second in 1 2 3 4 5 6 7 8 9 10; do ours "$1" || exit 0; sleep 1; done
ours "$1" && kill -KILL "$0"
"""


class Server:
    """The Kafka of one folder; `log` gets what it prints."""

    def __init__(self, folder: Path, place: Place, log: Path) -> None:
        """Nothing runs yet."""
        self._folder = folder
        self._place = place
        self._log = log
        self._mark = f"-Djava.io.tmpdir={folder / 'tmp'}"
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def initialise(self, say: Progress) -> None:
        """Make the data folder unless it's there. Its name comes last: a half-made one isn't taken for it."""
        data = self._folder / DATA
        if data.exists():
            return
        say(f"making Kafka's folder {data}")
        half = self._folder / f"{DATA}.new"
        with folder_errors(self._folder):
            shutil.rmtree(half, ignore_errors=True)
            self._write("format.properties", properties(half.name, port := free_port(), free_port(port)))
        words = ["format", "-t", _cluster_id(), "-c", "format.properties"]
        done = subprocess.run(  # noqa: S603 - our own words
            self._command("kafka.tools.StorageTool", *words),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self._options(),
        )
        if done.returncode != 0:
            with folder_errors(self._folder):
                self._log.write_bytes(done.stdout)
            raise self._failure(done.stdout.decode(errors="replace"))
        with folder_errors(self._folder):
            half.rename(data)
            (self._folder / "format.properties").unlink()

    def start(self, port: int, say: Progress) -> None:
        """Start and wait until it takes messages. Raises KafkaPortError, KafkaStartError, DiskFull."""
        self.stop()
        self._end_orphan(say)
        deadline = time.monotonic() + START_SECONDS
        for _ in range(PORT_TRIES):
            if not is_free(port):
                raise KafkaPortError(port=port)
            offset = self._launch(port)
            if self._wait_ready(port, deadline, say):
                return
            said = self._said_since(offset)
            # The port was looked at, but the controller's may have been taken between choice and use.
            if "Address already in use" not in said:
                break
        self.stop()
        raise self._failure(said)

    def stop(self) -> None:
        """End it in order, paused or not. Does nothing if it doesn't run."""
        if self._process is not None:
            self.signal(signal.SIGTERM)
            self.signal(signal.SIGCONT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None
        if self._watchdog is not None:
            with suppress(BrokenPipeError):
                self._watchdog.communicate(b"stopped\n")
            self._watchdog = None

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _launch(self, port: int) -> int:
        """Start Kafka and its watchdog; gives where in the log it begins."""
        self.stop()
        with folder_errors(self._folder):
            # Killed runs leave the native libraries there that they unpacked.
            shutil.rmtree(self._folder / "tmp", ignore_errors=True)
            (self._folder / "tmp").mkdir()
            self._write("server.properties", properties(DATA, port, free_port(port)))
            if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
                self._log.replace(self._log.with_name(self._log.name + ".1"))
            with self._log.open("ab") as log:
                offset = log.tell()
                self._process = subprocess.Popen(  # noqa: S603 - our own words
                    self._command("kafka.Kafka", "server.properties"),
                    stdout=log,
                    stderr=log,
                    **self._options(),
                )
            self._write("pid", f"{self._process.pid}\n")
        self._watchdog = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", WATCHDOG, str(self._process.pid), self._mark],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(self._options() | {"stdin": subprocess.PIPE}),
        )
        return offset

    def _command(self, program: str, *words: str) -> list[str | Path]:
        classes = ":".join(str(jar) for jar in self._place.jars)
        return [self._place.java, *JVM, self._mark, "-cp", classes, program, *words]

    def _options(self) -> dict[str, Any]:
        """A clean environment off our terminal. Java reads no name outside ASCII under a C locale."""
        environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)}
        return {
            "cwd": self._folder,
            "env": environment,
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
        }

    def _wait_ready(self, port: int, deadline: float, say: Progress) -> bool:
        told = time.monotonic() + 20
        while self.pid is not None:
            if answers(port):
                return True
            if time.monotonic() > deadline:
                self.stop()
                raise KafkaStartError(reason=f"not ready after {START_SECONDS:.0f} s", log=self._log)
            if time.monotonic() > told:
                say("Kafka reads what its last run left; waiting")
                told = deadline
            time.sleep(POLL_SECONDS)  # another program tells nobody that it is ready
        return False

    def _end_orphan(self, say: Progress) -> None:
        """Stop what a killed run left."""
        try:
            pid = int((self._folder / "pid").read_text())
        except (FileNotFoundError, ValueError):
            return
        if not self._is_ours(pid):
            return
        say("stopping the Kafka that the last run left")
        for step in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, step)
                os.kill(pid, signal.SIGCONT)
            if wait_until(lambda: not self._is_ours(pid), STOP_SECONDS):
                return
        raise KafkaStartError(reason=f"process {pid} of the last run does not end", log=self._log)

    def _is_ours(self, pid: int) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self._mark) in words

    def _write(self, name: str, text: str) -> None:
        half = self._folder / f"{name}.new"
        half.write_text(text)
        half.replace(self._folder / name)

    def _said_since(self, offset: int) -> str:
        with self._log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def _failure(self, said: str) -> Exception:
        if full(self._folder):
            return DiskFull(folder=self._folder)
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        causes = [line for line in lines if re.match(r"(Caused by: )?[\w.$]+(Exception|Error): ", line)]
        return KafkaStartError(reason=(causes or lines or ["it said nothing"])[-1], log=self._log)


def _cluster_id() -> str:
    """A random id as Kafka writes them; one with a dash in front would be read as an option."""
    while (made := base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")).startswith("-"):
        pass
    return made
