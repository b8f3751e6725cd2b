"""The embedded PostgreSQL through start, stop, crashes and what others left in its folder."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.postgres import (
    DATABASES,
    AlreadyRunning,
    EmbeddedPostgres,
    FolderNotWritable,
    NotACluster,
    OtherVersion,
    SecretLost,
)
from deploy.postgres.place import find_home
from deploy.postgres.server import wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
Start = Callable[[Path], EmbeddedPostgres]

RUN_AND_WAIT = """
import sys
from pathlib import Path
from deploy.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start(lambda _: None)
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the PostgreSQL of a folder and stops it after the test."""
    started: list[EmbeddedPostgres] = []

    def run(data: Path) -> EmbeddedPostgres:
        server = EmbeddedPostgres(data)
        started.append(server)
        server.start(lambda _: None)
        return server

    yield run
    for server in started:
        server.stop()


async def fetch(dsn: str, query: str) -> object:
    """The one value that the query gives."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def mode_of(path: Path) -> int:
    """The permission bits."""
    return path.stat().st_mode & 0o777


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def embedded(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    """One as it comes, for tests that leave it as it is."""
    server = EmbeddedPostgres(open_folder / "embedded")
    server.start(lambda _: None)
    yield server
    server.stop()


async def test_each_role_enters_its_own_database(embedded: EmbeddedPostgres) -> None:
    """Every service's role reaches the database of its name."""
    for name in DATABASES:
        assert await fetch(embedded.dsn(name), "SELECT current_database()") == f"jiujin_{name}"


@pytest.mark.parametrize("other", ["jiujin_vault", "postgres", "template1"])
async def test_no_role_enters_another_database(embedded: EmbeddedPostgres, other: str) -> None:
    """A service's role is refused by every database but its own."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(embedded.dsn("care"), database=other)


async def test_wrong_password_is_refused(embedded: EmbeddedPostgres) -> None:
    """Nobody comes in without the password, not even by the socket."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(embedded.dsn("care"), password="wrong")


def test_passwords_are_for_the_owner_only(embedded: EmbeddedPostgres) -> None:
    """The folder of passwords is 0700, each file in it 0600."""
    folder = embedded.data / "secrets"
    assert mode_of(folder) == 0o700
    assert {mode_of(file) for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("synchronous_commit", "on"), ("data_checksums", "on"), ("TimeZone", "UTC")],
)
async def test_promised_settings_are_in_force(embedded: EmbeddedPostgres, setting: str, value: str) -> None:
    """Durability, checksums and UTC are what the server itself says it runs with."""
    assert await fetch(embedded.superuser_dsn, f"SHOW {setting}") == value


async def test_data_outlives_a_restart(start: Start, data: Path) -> None:
    """What was written is there after stop and start, under the same password."""
    server = start(data)
    await fetch(server.dsn("care"), "CREATE TABLE kept AS SELECT 7 AS n")
    dsn = server.dsn("care")
    server.stop()
    assert start(data).dsn("care") == dsn
    assert await fetch(dsn, "SELECT n FROM kept") == 7


async def test_restart_after_kill_of_postgres(start: Start, data: Path) -> None:
    """After kill -9 of the postmaster a restart recovers what was committed."""
    server = start(data)
    await fetch(server.dsn("care"), "CREATE TABLE kept AS SELECT 7 AS n")
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: server.pid is None, 10)
    server.restart()
    assert await fetch(server.dsn("care"), "SELECT n FROM kept") == 7


def runner(data: Path) -> tuple["subprocess.Popen[str]", int]:
    """Another process which has started the PostgreSQL of this folder, and the postmaster's process."""
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", RUN_AND_WAIT, data],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill -9, and close its pipes."""
    process.kill()
    process.communicate()


def test_postgres_ends_when_its_runner_is_killed(data: Path) -> None:
    """Kill -9 of the runner leaves no PostgreSQL behind."""
    process, pid = runner(data)
    kill(process)
    assert wait_until(lambda: not alive(pid), 20)


def test_start_ends_what_a_killed_run_left(start: Start, data: Path) -> None:
    """A PostgreSQL whose runner and watchdog are both dead is ended by the next start, which then works."""
    process, pid = runner(data)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for watchdog in {int(child) for child in children} - {pid}:
        os.kill(watchdog, signal.SIGKILL)
    kill(process)
    assert alive(pid)
    server = start(data)
    assert not alive(pid)
    assert server.pid not in {None, pid}


def test_stale_pid_file_with_a_reused_number(start: Start, data: Path) -> None:
    """A pid file whose number now is another process's (here our own) keeps nobody from starting."""
    server = start(data)
    server.stop()
    assert server.cluster is not None
    lines = [str(os.getpid()), str(server.cluster), "0", "5432", "", "", "", "ready"]
    (server.cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert start(data).pid is not None


def test_second_start_is_refused(start: Start, data: Path) -> None:
    """Two runners of one folder are not possible; the second says who holds it."""
    start(data)
    with pytest.raises(AlreadyRunning, match=str(data)):
        EmbeddedPostgres(data).start(lambda _: None)


def test_half_made_cluster_is_made_anew(start: Start, data: Path) -> None:
    """What a killed initdb left is thrown away and done again."""
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert start(data).pid is not None
    assert not half.exists()


def test_start_after_a_kill_in_the_middle_of_initdb(start: Start, data: Path) -> None:
    """Kill -9 of a first start while initdb writes: the next start makes a whole cluster."""
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", RUN_AND_WAIT, data],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    begun = wait_until(lambda: any(data.glob("postgres.new-*/global")), 20)
    kill(process)
    assert begun
    assert not (data / "postgres").exists()
    assert start(data).pid is not None


async def test_missing_databases_are_made_up_for(start: Start, data: Path) -> None:
    """A first start killed between initdb and the last database is finished by the next."""
    server = start(data)
    await fetch(server.superuser_dsn, "DROP DATABASE jiujin_vault")
    await fetch(server.superuser_dsn, "DROP ROLE jiujin_vault")
    server.stop()
    assert await fetch(start(data).dsn("vault"), "SELECT 1") == 1


def test_cluster_of_another_version_is_refused(start: Start, data: Path) -> None:
    """A cluster of PostgreSQL 17 is left alone, and the message names both versions."""
    server = start(data)
    server.stop()
    assert server.cluster is not None
    (server.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherVersion, match=r"17.*18"):
        start(data)


def test_foreign_files_are_left_alone(start: Start, data: Path) -> None:
    """A folder named postgres with other files in it isn't touched."""
    start(data).stop()
    cluster = data / "postgres"
    cluster.rename(data / "aside")
    cluster.mkdir()
    os.chown(cluster, (data / "aside").stat().st_uid, -1)
    (cluster / "letter.txt").write_text("mine")
    with pytest.raises(NotACluster):
        start(data)
    assert (cluster / "letter.txt").read_text() == "mine"


def test_lost_superuser_password_is_told(start: Start, data: Path) -> None:
    """Without the superuser's password file the message names the file."""
    start(data).stop()
    (data / "secrets" / "superuser").unlink()
    with pytest.raises(SecretLost, match="superuser"):
        start(data)


def test_folder_that_cannot_be_written_is_told(start: Start) -> None:
    """Where no folder can be made the message names it; /proc refuses root too."""
    with pytest.raises(FolderNotWritable, match="/proc/jiujin"):
        start(Path("/proc/jiujin"))


async def test_long_path_is_served_by_loopback(start: Start, data: Path) -> None:
    """A folder too deep for a socket's path gets a port on 127.0.0.1, and a restart keeps it."""
    server = start(data / ("deep" * 25))
    dsn = server.dsn("care")
    assert "host=127.0.0.1" in dsn
    server.restart()
    assert await fetch(dsn, "SELECT 1") == 1


@pytest.fixture  # asked for before `start`, whose servers then stop before the folder goes
def private(data: Path) -> Iterator[Path]:
    """A folder for its owner only; what a test puts elsewhere for it goes too."""
    folder = data / "private"
    data.mkdir()
    folder.mkdir(mode=0o700)
    yield folder
    home = find_home(folder)
    if home is not None and home != folder:
        shutil.rmtree(home)


async def test_unreachable_folder_puts_the_cluster_elsewhere(private: Path, start: Start) -> None:
    """Root's private folder keeps its mode: the cluster goes elsewhere, and the next start finds it there."""
    server = start(private)
    await fetch(server.dsn("care"), "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert await fetch(start(private).dsn("care"), "SELECT n FROM kept") == 7
    assert mode_of(private) == 0o700
    assert (server.cluster == private / "postgres") == (os.geteuid() != 0)
