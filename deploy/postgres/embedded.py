"""The embedded PostgreSQL of one data folder."""

import fcntl
import os
from contextlib import ExitStack, closing
from pathlib import Path

from deploy.postgres.databases import SUPERUSER, Secrets, dsn, provision
from deploy.postgres.errors import AlreadyRunning, folder_errors
from deploy.postgres.place import Place, Progress, find_home, settle
from deploy.postgres.server import Server


class EmbeddedPostgres:
    """PostgreSQL 18 with a database and a role per service, in and beside the folder `data`.

    In `data`: `lock` (held while it runs), `secrets`, `log/postgres.log`, `postgres` (the cluster), `run`
    (the socket), and `postgres.json` where the cluster had to go elsewhere. If this process dies, a watchdog
    ends PostgreSQL; if that died too, the next start ends what was left, and starts anew.
    """

    def __init__(self, data: Path) -> None:
        """Nothing is touched before `start`."""
        self.data = data.expanduser().absolute()
        self.log = self.data / "log" / "postgres.log"
        self._secrets = Secrets(self.data / "secrets")
        self._held = ExitStack()
        self._place: Place | None = None
        self._server: Server | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process, None while it doesn't run: after a crash too."""
        return self._server.pid if self._server else None

    @property
    def cluster(self) -> Path | None:
        """PostgreSQL's own folder, once the cluster is made."""
        home = find_home(self.data)
        return home / "postgres" if home else None

    @property
    def url(self) -> str:
        """The address of a service's database without its password, `{database}` in place of its name."""
        name = "jiujin_{database}"
        return dsn(self._started()[1], name, "", name)

    def password_file(self, database: str) -> Path:
        """The file with the password of a service's role."""
        return self._secrets.path(database)

    @property
    def binaries(self) -> Path:
        """The folder of psql, pg_dump and the others, while started."""
        return self._started()[0].binaries

    @property
    def superuser_dsn(self) -> str:
        """The address of the database `postgres` as superuser, while started."""
        return dsn(self._started()[1], SUPERUSER, self._secrets.get("superuser"), "postgres")

    def dsn(self, database: str) -> str:
        """The address of `jiujin_<database>` as the role of the same name, while started."""
        role = f"jiujin_{database}"
        return dsn(self._started()[1], role, self._secrets.get(database), role)

    def start(self, progress: Progress) -> None:
        """Start, on first use make everything, and return when it accepts connections.

        Blocks: 2 to 4 s the first time, below 1.5 s later, longer after a crash. `progress` gets lines for
        people. Raises a PostgresError whose message says what to do.
        """
        if self._server is not None:
            return
        try:
            self._start(progress)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop in order and let go of the data folder. Does nothing if it isn't started."""
        if self._server is not None:
            self._server.stop()
        self._server = self._place = None
        self._held.close()

    def restart(self, progress: Progress = lambda _: None) -> None:
        """Stop, if it still runs, and start again under the same addresses: after a crash, or in a test."""
        server = self._started()[1]
        server.stop()
        server.start(progress)

    def _start(self, progress: Progress) -> None:
        with folder_errors(self.data):
            self.data.mkdir(parents=True, exist_ok=True)
            self.data = self.data.resolve()
            self._hold(self.data / "lock")
            self.log.parent.mkdir(exist_ok=True)
        place = self._place = settle(self.data, progress)
        if place.home != self.data:
            # A copy of the data folder remembers the same place: only one of them may run.
            with folder_errors(place.home):
                self._hold(place.home / "lock")
        server = self._server = Server(place, self.log)
        if place.cluster.exists():
            server.initialise("", progress)
        else:
            server.initialise(self._secrets.get_or_make("superuser"), progress)
        server.start(progress)
        provision(server, place.binaries, self._secrets, self.log)

    def _hold(self, lock: Path) -> None:
        handle = self._held.enter_context(closing(lock.open("a")))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise AlreadyRunning(data=self.data) from held
        os.truncate(handle.fileno(), 0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()

    def _started(self) -> tuple[Place, Server]:
        if self._place is None or self._server is None:
            raise RuntimeError("call start() first")
        return self._place, self._server
