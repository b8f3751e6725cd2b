"""The data folder: what lies where in it, and what `run.json` tells other processes."""

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from deploy.postgres.errors import folder_errors


@dataclass(frozen=True)
class RunState:
    """What is served from the folder. `pid` is None after a clean stop; `loading` while a demo is made."""

    address: str
    port: int
    pid: int | None
    demo: bool
    loading: bool = False

    @classmethod
    def at(cls, door: socket.socket, host: str, *, demo: bool, loading: bool = False) -> Self:
        """What this process serves at a door that listens on `host`."""
        port, found = door.getsockname()[1], LOCAL.get(host, host)
        address = f"http://[{found}]:{port}" if ":" in found else f"http://{found}:{port}"
        return cls(address, port, os.getpid(), demo, loading)


LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where the machine itself finds such a door


class DataFolder:
    """Everything that one system keeps."""

    def __init__(self, path: Path) -> None:
        """Nothing is touched."""
        self.path = path.expanduser().absolute()
        self.key = self.path / "secrets" / "identity.key"
        self.log = self.path / "log" / "jiujin.log"
        self.demo_log = self.path / "log" / "demo.log"
        self.files = self.path / "files"
        self.processes = self.path / "processes.json"
        self.tokens = self.path / "tokens.json"
        self._state = self.path / "run.json"

    def make(self) -> None:
        """Make the folder unless it is there. FolderNotWritable, DiskFull."""
        with folder_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)

    def state(self) -> RunState | None:
        """What `run.json` tells; None before the first start, or when it can't be read."""
        try:
            return RunState(**json.loads(self._state.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def remember(self, state: RunState) -> None:
        """Write `run.json`, whole or not at all."""
        self._write(self._state, asdict(state), 0o644)

    def keep_tokens(self, tokens: dict[str, str]) -> None:
        """Write `tokens.json`, for the owner's eyes only."""
        self._write(self.tokens, tokens, 0o600)

    def keep_processes(self, processes: dict[str, dict[str, int | None]]) -> None:
        """Write `processes.json`: pid and port of each by name, the pid None for one that doesn't run."""
        self._write(self.processes, processes, 0o644)

    def forget_processes(self) -> None:
        """They have ended, and others may have their numbers by now."""
        self.processes.unlink(missing_ok=True)

    def held(self) -> bool:
        """Whether a running system holds the folder."""
        try:
            handle = os.open(self.path / "lock", os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def _write(self, path: Path, value: object, mode: int) -> None:
        with folder_errors(self.path):
            half = path.with_suffix(".new")
            half.unlink(missing_ok=True)
            half.touch(mode=mode)
            half.write_text(json.dumps(value, indent=2) + "\n")
            half.rename(path)
