"""`./jiujin` as people use it: real processes on real folders."""

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.postgres import EmbeddedPostgres
from tests.command_line import SECONDS, Up, jiujin, refused, running, start, verb
from tests.harness import NAMES
from tests.ports import free_port

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def demo(open_folder: Path) -> Iterator[Up]:
    """An empty demo on a virtual clock, for tests that leave it as it is."""
    with running(open_folder / "cli-demo", "--virtual") as up:
        yield up


@pytest.fixture(scope="module")
def killed(open_folder: Path) -> tuple[Path, str]:
    """A data folder whose system was killed, and its events as they were before."""
    up = start(open_folder / "cli-killed", "--virtual")
    try:
        up.wait_ready()
        up.wait_said("Ctrl-C")
        events = up.verb("events", "--json").stdout
    finally:
        up.process.kill()
        up.process.wait(SECONDS)
    return up.data, events


@pytest.fixture
def again(killed: tuple[Path, str]) -> Iterator[Up]:
    """A start on the data that a kill has left, or the test before."""
    up = start(killed[0])
    try:
        up.wait_ready()
        yield up
    finally:
        up.process.terminate()
        up.process.wait(SECONDS)


def test_up_shows_documentation_tokens_and_what_to_try(demo: Up) -> None:
    """The address of each API's pages, a token per role that works, three commands."""
    for name in NAMES:
        assert f"{demo.address}/{name}/api/v1/docs" in demo.said
        assert httpx.get(f"{demo.address}/{name}/api/v1/docs", trust_env=False).status_code == 200
    token = next(line.split()[1] for line in demo.said.splitlines() if line.startswith("  admin "))
    answer = httpx.get(
        f"{demo.address}/intake/api/v1/status",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    assert answer.status_code == 200
    assert f"open {demo.address}/\n" in demo.said
    _, _, tail = demo.said.partition("Try next")
    assert tail.count("./jiujin ") >= 3


def test_secrets_are_for_the_owner_only(demo: Up) -> None:
    """The key and the tokens have mode 0600."""
    for name in ("secrets/identity.key", "tokens.json"):
        assert demo.data.joinpath(name).stat().st_mode & 0o777 == 0o600


def test_the_log_is_json_lines(demo: Up) -> None:
    """Each line of the log is a JSON object with a time."""
    lines = demo.data.joinpath("log/jiujin.log").read_text().splitlines()
    assert lines
    assert all("timestamp" in json.loads(line) for line in lines)


def test_status_tells_the_clock_and_each_service(demo: Up) -> None:
    """`status --json` is for programs; the table for people."""
    found = demo.json("status")
    assert [one["service"] for one in found["services"]] == list(NAMES)
    assert found["clock"]["virtual"] is True
    assert found["clock"]["demo"] is True
    shown = jiujin("status", "--data", str(demo.data))
    assert all(name in shown.stdout for name in NAMES)
    assert "\x1b" not in shown.stdout


def test_events_come_one_a_line(demo: Up) -> None:
    """The newest events, and those of one stream, as JSON lines."""
    done = demo.verb("events", "--last", "3", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["type"] for one in found] == ["intake.ServiceDefined"] * 3
    stream = found[0]["subject"]
    of_stream = demo.verb("events", "--stream", stream, "--json").stdout.splitlines()
    assert [json.loads(line)["subject"] for line in of_stream] == [stream]


def test_a_view_is_rebuilt_and_compared(demo: Up) -> None:
    """`rebuild` names the views; rebuilding one tells that nothing differs."""
    views = demo.json("rebuild")
    assert "intake.services" in views
    done = demo.verb("rebuild", "intake.services")
    assert done.returncode == 0, done.stderr
    assert "row for row" in done.stdout
    refused(demo.verb("rebuild", "nothing"), "no view nothing")


def test_nothing_is_parked_at_first(demo: Up) -> None:
    """An empty list; and a number that isn't there is refused in one line."""
    assert demo.json("parked") == []
    refused(demo.verb("parked", "show", "care:1"), "nothing waits")
    refused(demo.verb("parked", "retry", "care:1"), "Nothing with this number waits")


def test_a_history_is_read_for_a_reason(demo: Up) -> None:
    """Without one nothing is read; and nobody's history is said to be nobody's."""
    nobody = "019b76da-a800-7e29-a7ee-efadda8a6780"
    refused(demo.verb("events", "--cadre", nobody), "--why")
    refused(demo.verb("replay", nobody, "--why", "a test"), "no cadre")
    refused(demo.verb("replay", nobody, "--why", "a test", "--diff", "3"), "3..17")


def test_a_token_of_a_role_is_taken(demo: Up) -> None:
    """`token` prints nothing but the token, and a role of one's own things needs to know whose."""
    token = demo.verb("token", "--role", "auditor").stdout.strip()
    answer = httpx.get(
        f"{demo.address}/intake/api/v1/communities",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    assert answer.status_code == 200
    refused(demo.verb("token", "--role", "family"), "--cadre")


def test_a_second_run_on_the_same_data_is_refused(demo: Up) -> None:
    """On another port and on the same one; the first goes on serving."""
    refused(jiujin("up", "--data", str(demo.data), "--port", str(free_port())), "already runs")
    refused(jiujin("up", "--data", str(demo.data), "--port", str(demo.port)), "already runs")
    assert httpx.get(f"{demo.address}/readyz", trust_env=False).status_code == 200


def test_a_taken_port_is_refused_before_anything_starts(data: Path) -> None:
    """Nothing is made in the data folder."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(jiujin("up", "--data", str(data), "--port", str(port)), str(port), "--port")
    assert not data.exists()


def test_a_folder_that_cannot_be_written_is_refused() -> None:
    """Root may write anywhere but here."""
    refused(jiujin("up", "--data", "/proc/jiujin", "--port", str(free_port())), "/proc/jiujin", "--data")


def test_verbs_say_that_nothing_runs(data: Path) -> None:
    """With the command that starts it."""
    refused(verb("status", "--data", str(data)), "./jiujin up")


def test_data_of_a_newer_version_are_refused(data: Path) -> None:
    """And left as they are."""
    server = EmbeddedPostgres(data)
    server.start(lambda _: None)
    try:
        _newer(server.dsn("vault"))
    finally:
        server.stop()
    refused(jiujin("up", "--data", str(data), "--port", str(free_port())), "newer", "upgrade")


def _newer(dsn: str) -> None:
    import asyncio  # noqa: PLC0415  a loop of its own: this test waits for processes

    async def mark() -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute("CREATE TABLE vault_version AS SELECT '9999' AS version_num")
        await connection.close()

    asyncio.run(mark())


@pytest.fixture(scope="module")
def bureau(open_folder: Path) -> Iterator[Up]:
    """A bureau's own data with their first administrator."""
    password = open_folder / "password"
    password.write_text(f"{PASSWORD}\n")
    up = start(open_folder / "cli-own", "--empty", "--admin", "Boss", "--password-file", str(password))
    try:
        up.wait_ready()
        yield up
    finally:
        up.process.terminate()
        up.process.wait(SECONDS)


def test_the_first_administrator_may_sign_in(bureau: Up) -> None:
    """With the password from the file; the token then serves the verbs."""
    answer = httpx.post(
        f"{bureau.address}/identity/api/v1/tokens",
        json={"login": "boss", "password": PASSWORD},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    found = bureau.json("status", "--token", answer.json()["access_token"])
    assert found["clock"]["demo"] is False
    assert found["clock"]["virtual"] is False


def test_an_account_is_opened_by_who_runs_the_system(bureau: Up, open_folder: Path) -> None:
    """Its first line is the password; one signs in at once. A login is taken once."""
    password = open_folder / "another"
    password.write_text("another long one\n")
    words = ("user", "add", "Chen.Jing", "--name", "陈静", "--password-file", str(password))
    done = bureau.verb(*words, "--role", "admin", "--role", "auditor")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"chen.jing may sign in at {bureau.address}/\n"
    answer = httpx.post(
        f"{bureau.address}/identity/api/v1/tokens",
        json={"login": "chen.jing", "password": "another long one", "role": "admin"},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    refused(bureau.verb(*words, "--role", "admin"), "Choose another login")
    refused(bureau.verb("user", "add", "li", "--name", "李", "--role", "family"), "--password-file")
    own = ("user", "add", "li", "--name", "李", "--role", "family", "--password-file", str(password))
    refused(bureau.verb(*own), "cadre")


def test_own_data_are_entered_by_password_only(bureau: Up) -> None:
    """The address alone leads to where one signs in; there is no way into a demo."""
    with httpx.Client(base_url=bureau.address, trust_env=False, follow_redirects=True) as http:
        http.headers["Accept"] = "text/html"
        assert http.get("/").url.path == "/identity/sign-in"
        assert http.get("/identity/demo").status_code == 404


def test_own_data_refuse_tokens_for_development(bureau: Up) -> None:
    """`token` doesn't make any, and the verbs ask for one's own."""
    refused(bureau.verb("token"), "bureau's own data")
    refused(bureau.verb("status"), "--token")


def test_own_data_need_an_administrator(data: Path) -> None:
    """Without one, and nobody to ask, nothing is begun."""
    refused(jiujin("up", "--data", str(data), "--port", str(free_port()), "--empty"), "--admin")
    assert not data.exists()


def test_what_a_kill_left_serves_again(killed: tuple[Path, str], again: Up) -> None:
    """After kill -9 the next start has the same events."""
    assert killed[1]
    assert again.verb("events", "--json").stdout == killed[1]


def test_sigterm_finishes_what_is_in_flight(again: Up) -> None:
    """A request whose body is still on its way is answered; then all has ended, PostgreSQL too."""
    token = again.verb("token", "--role", "admin").stdout.strip()
    body = b'{"quick": true}'
    with socket.create_connection(("127.0.0.1", again.port)) as line:
        line.sendall(
            b"POST /system/api/v1/quick HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body[:5]
        )
        assert httpx.get(f"{again.address}/livez", trust_env=False).status_code == 200
        again.process.send_signal(signal.SIGTERM)
        again.wait_said("stopping")
        line.sendall(body[5:])
        answer = line.makefile("rb").readline()
    assert b" 200 " in answer
    assert again.process.wait(SECONDS) == 0
    assert "stopped" in again.said
    assert not again.data.joinpath("postgres", "postmaster.pid").exists()
    assert json.loads(again.data.joinpath("run.json").read_text())["pid"] is None
