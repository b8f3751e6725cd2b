"""The embedded Kafka through start, stop, crashes and what others left in its folder."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from deploy.kafka import EmbeddedKafka, KafkaPortError, KafkaRunsError, KafkaStartError
from deploy.kafka.ready import answers
from deploy.kafka.server import STOP_SECONDS
from deploy.ports import free_port
from deploy.postgres.server import wait_until
from tests.kafka import Kafka

CHECKOUT = Path(__file__).resolve().parents[2]
Start = Callable[[Path], EmbeddedKafka]

RUN_AND_WAIT = """
import sys
import time
from pathlib import Path
from deploy.kafka import EmbeddedKafka
server = EmbeddedKafka(Path(sys.argv[1]))
server.start(lambda _: None)
print(server.pid, flush=True)
sys.stdin.read()
"""

needs_jars = pytest.mark.usefixtures("kafka_jars")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the Kafka of a folder and ends it after the test."""
    started: list[EmbeddedKafka] = []

    def run(folder: Path) -> EmbeddedKafka:
        server = EmbeddedKafka(folder)
        started.append(server)
        server.start(lambda _: None)
        return server

    yield run
    for server in started:
        server.kill()
        server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that isn't there yet, under a name that properties and class paths don't like."""
    return tmp_path / "数据, a folder=b"


def port_of(server: EmbeddedKafka) -> int:
    """The number in its address."""
    return int(server.bootstrap.rpartition(":")[2])


async def make_topic(bootstrap: str, name: str) -> None:
    """A topic of one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def send(bootstrap: str, topic: str, *values: bytes) -> None:
    """Send and wait until all are acknowledged."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    """The first values of the topic, as a group reads them; raises TimeoutError."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id="readers", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


@needs_jars
@pytest.mark.long
async def test_messages_outlive_stop_and_kill(start: Start, folder: Path) -> None:
    """What was acknowledged is there after stop and start and after kill -9, under the same address."""
    server = start(folder)
    bootstrap = server.bootstrap
    await make_topic(bootstrap, "kept")
    await send(bootstrap, "kept", b"one")
    server.restart(lambda _: None)
    assert server.bootstrap == bootstrap
    await send(bootstrap, "kept", b"two")
    pid = server.pid
    server.kill()
    assert server.pid is None
    assert not answers(port_of(server))
    server.start(lambda _: None)
    assert server.pid not in {None, pid}
    await send(bootstrap, "kept", b"three")
    assert await read(bootstrap, "kept", 3) == [b"one", b"two", b"three"]


@needs_jars
async def test_a_topic_is_not_made_by_naming_it(start: Start, folder: Path) -> None:
    """A misspelt topic is an error and no new topic."""
    server = start(folder)
    producer = AIOKafkaProducer(bootstrap_servers=server.bootstrap, request_timeout_ms=1000)
    await producer.start()
    try:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.send_and_wait("misspelt", b"lost")
    finally:
        await producer.stop()


@needs_jars
def test_a_half_made_folder_is_made_anew(start: Start, folder: Path) -> None:
    """What a killed first start left is thrown away and done again."""
    half = folder / "data.new"
    half.mkdir(parents=True)
    (half / "meta.properties").write_text("version=1\n")
    assert start(folder).pid is not None
    assert not half.exists()


@needs_jars
def test_it_can_be_paused_and_stopped_while_paused(start: Start, folder: Path) -> None:
    """A paused Kafka accepts connections and answers nothing; it goes on, and it can be stopped so."""
    server = start(folder)
    port = port_of(server)
    server.pause()
    assert not answers(port)
    server.resume()
    assert answers(port)
    server.pause()
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < STOP_SECONDS / 2
    assert server.pid is None
    assert not answers(port)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be asked doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def runner(folder: Path) -> tuple["subprocess.Popen[str]", int]:
    """Another process which has started the Kafka of this folder, and that Kafka's process."""
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", RUN_AND_WAIT, folder],
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


@needs_jars
def test_kafka_ends_when_its_runner_is_killed(folder: Path) -> None:
    """Kill -9 of the runner leaves no Kafka behind, even a paused one."""
    process, pid = runner(folder)
    os.kill(pid, signal.SIGSTOP)
    kill(process)
    assert wait_until(lambda: not alive(pid), 20)


@needs_jars
def test_start_ends_what_a_killed_run_left(start: Start, folder: Path) -> None:
    """A Kafka whose runner and watchdog are both dead is ended by the next start, which then works."""
    process, pid = runner(folder)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for watchdog in {int(child) for child in children} - {pid}:
        os.kill(watchdog, signal.SIGKILL)
    kill(process)
    assert alive(pid)
    server = start(folder)
    assert not alive(pid)
    assert server.pid not in {None, pid}
    with pytest.raises(KafkaRunsError, match="already runs"):
        start(folder)


@needs_jars
def test_a_taken_port_is_told(folder: Path) -> None:
    """The message names the port."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), pytest.raises(KafkaPortError, match=str(port)):
        EmbeddedKafka(folder, port).start(lambda _: None)


@needs_jars
def test_a_data_folder_of_something_else_is_told(start: Start, folder: Path) -> None:
    """What Kafka says about it is the reason, in one line, with the log's name."""
    (folder / "data").mkdir(parents=True)
    with pytest.raises(KafkaStartError, match=r"meta\.properties.*kafka\.log") as told:
        start(folder)
    assert "\n" not in str(told.value)


@pytest.mark.long
async def test_the_tests_kafka_goes_away_and_comes_back(kafka: Kafka) -> None:
    """Whichever this machine has: the same address, and what was in it."""
    topic = f"test-{secrets.token_hex(4)}"
    await make_topic(kafka.bootstrap, topic)
    await send(kafka.bootstrap, topic, b"one")
    bootstrap = kafka.bootstrap
    await kafka.stop()
    await kafka.start()
    assert kafka.bootstrap == bootstrap
    assert await read(kafka.bootstrap, topic, 1) == [b"one"]
