"""The embedded Kafka of one folder."""

import fcntl
import os
import signal
from contextlib import ExitStack, closing
from pathlib import Path

from deploy.kafka.errors import KafkaRunsError
from deploy.kafka.place import Progress, settle
from deploy.kafka.server import Server
from deploy.ports import HOST, free_port
from deploy.postgres.errors import folder_errors


class EmbeddedKafka:
    """Apache Kafka 4.3.0, one node that is broker and controller, on loopback, in the folder `folder`.

    In it: `lock` (held while it runs), `data`, `kafka.log`, `server.properties` (written at each start),
    `pid` and `tmp`. If this process dies, a watchdog ends Kafka; if that died too, the next start does.
    All methods block; none is for two threads at once.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """Nothing is touched before `start`. Without a port it chooses a free one, and keeps it."""
        self.folder = folder.expanduser().absolute()
        self.log = self.folder / "kafka.log"
        self._port = port
        self._held = ExitStack()
        self._server: Server | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients begin, HOST:PORT; the same from the first start on."""
        if self._port is None:
            raise RuntimeError("call start() first")
        return f"{HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """Kafka's process, None while it doesn't run: after a crash too."""
        return self._server.pid if self._server else None

    def start(self, say: Progress) -> None:
        """Start, on first use make everything, and return when it takes messages.

        Takes about 5 s, longer when the jars must be fetched or after a crash with much in it. `say` gets
        lines for people. Raises a DeployError whose message says what to do.
        """
        if self.pid is not None:
            return
        try:
            self._start(say)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop in order and let go of the folder. Does nothing if it isn't started."""
        if self._server is not None:
            self._server.stop()
        self._server = None
        self._held.close()

    def restart(self, say: Progress) -> None:
        """Stop, if it still runs, and start again under the same address: after a crash, or in a test."""
        self.stop()
        self.start(say)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would; `start` or `restart` brings it back."""
        if self._server is not None:
            self._server.kill()

    def pause(self) -> None:
        """Stop its clock (SIGSTOP): connections stay open, nothing answers."""
        if self._server is not None:
            self._server.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        if self._server is not None:
            self._server.signal(signal.SIGCONT)

    def _start(self, say: Progress) -> None:
        place = settle(say)
        with folder_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._server is None:
                self._hold(self.folder / "lock")
            else:
                self._server.stop()
        server = self._server = Server(self.folder, place, self.log)
        if self._port is None:
            self._port = free_port()
        server.initialise(say)
        server.start(self._port, say)

    def _hold(self, lock: Path) -> None:
        handle = self._held.enter_context(closing(lock.open("a")))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise KafkaRunsError(folder=self.folder) from held
        os.truncate(handle.fileno(), 0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
