"""One postmaster: made, started, watched and stopped, whatever its last run left behind."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from deploy.disk import full
from deploy.postgres.errors import NO_SPACE, DiskFull, NotACluster, OtherVersion, StartFailed, folder_errors
from deploy.postgres.place import Place, Progress

MAJOR = "18"
SOCKET_PORT = 5432
SOCKET_PATH_BYTES = 107  # sun_path without its closing zero
LOG_BYTES = 8 * 1024 * 1024
START_SECONDS = 600.0  # recovery of a large WAL takes its time
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02

# What is acknowledged is on the disk: fsync, synchronous_commit. Values of rows stay out of the log.
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "200",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "jit": "off",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "unix_socket_permissions": "0700",
}

# Ends PostgreSQL when we die: our end of the pipe closes without a word. A planned stop says one first.
WATCHDOG = 'read -r word || { read -r name </proc/$0/comm && [ "$name" = postgres ] && kill -INT "$0"; }'


class Server:
    """The postmaster of one place; `log` gets what it prints."""

    def __init__(self, place: Place, log: Path) -> None:
        """Nothing runs yet."""
        self._place = place
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        socket_file = os.fsencode(place.run / f".s.PGSQL.{SOCKET_PORT}")
        self._by_socket = len(socket_file) <= SOCKET_PATH_BYTES
        self._port = SOCKET_PORT if self._by_socket else 0

    @property
    def host(self) -> str:
        """The socket's folder, or 127.0.0.1 where its path is too long for a socket."""
        return str(self._place.run) if self._by_socket else "127.0.0.1"

    @property
    def port(self) -> int:
        """The port, which a restart keeps."""
        return self._port

    @property
    def pid(self) -> int | None:
        """The postmaster while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def initialise(self, password: str, progress: Progress) -> None:
        """Make the cluster unless it's there. Its name comes last: a half-made one isn't taken for whole."""
        cluster, account = self._place.cluster, self._place.account
        if cluster.exists() and any(cluster.iterdir()):
            self._check_version()
            return
        progress(f"making the database in {cluster}")
        # A name of its own: the initdb of a killed start may still be writing under the old one.
        half = cluster.with_name(f"postgres.new-{secrets.token_hex(4)}")
        word = self._place.run / "password"
        with folder_errors(self._place.home):
            for left in self._place.home.glob("postgres.new*"):
                shutil.rmtree(left, ignore_errors=True)
            word.unlink(missing_ok=True)
            account.own_folder(half)
            word.touch(mode=0o600)
            if account.other:
                os.chown(word, account.uid, account.gid)
            word.write_text(password)
        command: list[str | Path] = [
            self._place.binaries / "initdb",
            *("-D", half, "-U", "postgres", "-E", "UTF8", "--data-checksums", "--auth=scram-sha-256"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--pwfile={word}"),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                command, check=False, capture_output=True, text=True, **account.popen_options()
            )
        finally:
            word.unlink(missing_ok=True)
        if done.returncode != 0:
            with folder_errors(self._log.parent):
                self._log.write_text(done.stdout + done.stderr)
            shutil.rmtree(half, ignore_errors=True)
            raise self._failure(done.stderr)
        with folder_errors(self._place.home):
            half.rename(cluster)
            handle = os.open(self._place.home, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)

    def start(self, progress: Progress) -> None:
        """Start and wait until it accepts connections, after recovery too. Raises StartFailed, DiskFull."""
        self._end_orphan(progress)
        deadline = time.monotonic() + START_SECONDS
        retry_until = time.monotonic() + STOP_SECONDS / 2
        while True:
            offset = self._launch()
            if self._wait_ready(deadline, progress):
                return
            said = self._said_since(offset)
            # After a kill -9 its backends hold the memory for a moment; a free port may be taken meanwhile.
            passing = "still in use" in said or "Address already in use" in said
            if not passing or time.monotonic() > retry_until:
                raise self._failure(said)
            if not self._by_socket:
                self._port = 0
            time.sleep(POLL_SECONDS * 10)  # what still holds the port or the folder is ending

    def stop(self) -> None:
        """End it in order: sessions are cut, all is on the disk. Does nothing if it doesn't run."""
        if self._process is not None:
            for step, patience in (
                (signal.SIGINT, STOP_SECONDS),
                (signal.SIGQUIT, STOP_SECONDS / 4),
                (signal.SIGKILL, None),
            ):
                if self._process.poll() is None:
                    self._process.send_signal(step)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(patience)
                    break
            self._process = None
        if self._watchdog is not None:
            with suppress(BrokenPipeError):
                self._watchdog.communicate(b"stopped\n")
            self._watchdog = None

    def _check_version(self) -> None:
        marker = self._place.cluster / "PG_VERSION"
        if not marker.exists():
            raise NotACluster(folder=self._place.cluster)
        found = marker.read_text().strip()
        if found != MAJOR:
            raise OtherVersion(folder=self._place.cluster, found=found, wanted=MAJOR)

    def _launch(self) -> int:
        """Start the postmaster and its watchdog; gives where in the log it begins."""
        self.stop()
        if not self._port:
            self._port = _free_port()
        settings = SETTINGS | {
            "port": str(self._port),
            "listen_addresses": "" if self._by_socket else "127.0.0.1",
            "unix_socket_directories": str(self._place.run) if self._by_socket else "",
        }
        command: list[str | Path] = [self._place.binaries / "postgres", "-D", self._place.cluster]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        options = self._place.account.popen_options()
        with folder_errors(self._log.parent):
            if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
                self._log.replace(self._log.with_name(self._log.name + ".1"))
            with self._log.open("ab") as log:
                offset = log.tell()
                self._process = subprocess.Popen(  # noqa: S603 - our own words
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options
                )
        self._watchdog = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", WATCHDOG, str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )
        return offset

    def _wait_ready(self, deadline: float, progress: Progress) -> bool:
        told = time.monotonic() + 5
        while self.pid is not None:
            if time.monotonic() > deadline:
                self.stop()
                raise StartFailed(reason=f"not ready after {START_SECONDS:.0f} s", log=self._log)
            lines = self._pid_file()
            if lines[:1] == [str(self.pid)] and [line.strip() for line in lines[7:8]] == ["ready"]:
                return True
            if time.monotonic() > told:
                progress("PostgreSQL recovers what its last run left; waiting")
                told = deadline
            time.sleep(POLL_SECONDS)  # PostgreSQL says in a file that it is ready
        return False

    def _pid_file(self) -> list[str]:
        try:
            return (self._place.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _end_orphan(self, progress: Progress) -> None:
        """Stop what a killed run left, and clear a pid file whose number another process has by now."""
        lines = self._pid_file()
        if not lines or not lines[0].isdigit():
            return
        pid = int(lines[0])
        if not self._is_ours(pid):
            (self._place.cluster / "postmaster.pid").unlink(missing_ok=True)
            return
        progress("stopping the PostgreSQL that the last run left")
        for step in (signal.SIGINT, signal.SIGQUIT):
            with suppress(ProcessLookupError):
                os.kill(pid, step)
            if wait_until(lambda: not self._is_ours(pid), STOP_SECONDS):
                return
        raise StartFailed(reason=f"process {pid} of the last run does not end", log=self._log)

    def _is_ours(self, pid: int) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[1:3] == [b"-D", os.fsencode(self._place.cluster)]

    def _said_since(self, offset: int) -> str:
        with self._log.open("rb") as log:
            log.seek(offset)
            return b"".join(deque(log, maxlen=50)).decode(errors="replace")

    def _failure(self, said: str) -> Exception:
        # On a full disk the log, too, may be empty.
        if NO_SPACE in said or full(self._place.home):
            return DiskFull(folder=self._place.home)
        lines = [
            line for line in said.splitlines() if "FATAL" in line or "error:" in line
        ] or said.splitlines()[-1:]
        reason = lines[-1].rpartition("FATAL:")[2].strip() if lines else "it said nothing"
        return StartFailed(reason=reason, log=self._log)


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until it holds, at most so long; gives whether it did."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)  # of what happens in another program
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
