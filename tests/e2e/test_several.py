"""`./jiujin up --kafka`: every part a process of its own, each of which may die."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.command_line import ENVIRONMENT, ROOT, SECONDS, Up, refused, start
from tests.ports import free_port

SERVICES = ("intake", "matching", "care", "reporting", "identity")
OURS = (*SERVICES, "relay-1", "relay-2", "gateway")
LONG = 150.0
PERSONAL = {"name", "phone", "phones", "number", "address", "id_number", "note", "street", "text"}


def until(holds: Callable[[], object], up: Up) -> None:
    """Wait for it; fails with what the screen says."""
    deadline = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < deadline, up.said
        time.sleep(0.1)  # a poll with a deadline


def pids(up: Up) -> dict[str, int | None]:
    """Which process is which."""
    found = json.loads((up.data / "processes.json").read_text())
    return {name: one["pid"] for name, one in found.items()}


def alive(pid: int | None) -> bool:
    """Whether the process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def begin(data: Path, *words: str) -> Up:
    """Start, and wait until everything serves."""
    up = start(data, "--kafka", *words)
    until(lambda: "everything serves" in up.said or up.process.poll() is not None, up)
    assert up.process.poll() is None, up.said
    return up


@pytest.fixture(scope="module")
def several(open_folder: Path, kafka_jars: Path) -> Iterator[Up]:
    """A demo without a past."""
    assert kafka_jars.exists()
    up = begin(open_folder / "several", "--pastless")
    try:
        yield up
    finally:
        up.process.terminate()
        up.process.wait(SECONDS)


def test_each_part_is_a_process_and_tells_how_it_is(several: Up) -> None:
    """One table: versions, lag, what waits, and when each relay's leader spoke last."""
    assert all(alive(pid) for pid in pids(several).values())
    assert set(pids(several)) == {*OURS, "kafka", "postgres"}
    until(
        lambda: not any(lag["events"] for one in several.json("status")["services"] for lag in one["lag"]),
        several,
    )
    table = several.verb("status").stdout
    for service in SERVICES:
        assert re.search(rf"^{service} +\d+\.\d+\.\d+ +0 +0 +0 +\d+ +\d+ +0 +\d s ago", table, re.MULTILINE)


def test_what_one_writes_others_take_in(several: Up) -> None:
    """A community that an administrator registers is known to matching, over the topic."""
    token = several.verb("token", "--role", "admin").stdout.strip()
    with httpx.Client(base_url=several.address, trust_env=False) as http:
        http.headers.update({"Authorization": f"Bearer {token}", "Idempotency-Key": "community-for-others"})
        body = {"code": "t-1", "name": "测试社区", "subdistrict": "测试街道"}
        answer = http.post("/intake/api/v1/communities", json=body)
        assert answer.status_code == 201, answer.text
        place = answer.json()["position"]
        read = http.get("/matching/api/v1/helpers", params={"after": place})
    assert read.headers["Position-Reached"] == "true"


@pytest.mark.parametrize("name", ["intake", "relay-1", "relay-2", "gateway"])
def test_what_dies_comes_back(several: Up, name: str) -> None:
    """The others go on; it has another process soon, and the whole is ready again."""
    before = pids(several)
    dead = before[name]
    assert dead is not None
    os.kill(dead, signal.SIGKILL)
    until(lambda: alive(pids(several)[name]) and pids(several)[name] != dead, several)
    several.wait_ready()
    assert f"{name:<10} has ended (SIGKILL)" in several.said
    assert {one: pid for one, pid in pids(several).items() if one != name} == {
        one: pid for one, pid in before.items() if one != name
    }


@pytest.mark.long
@pytest.mark.alone
def test_nobody_outlives_the_watch(open_folder: Path, kafka_jars: Path) -> None:
    """A kill of the one that watches ends all it has started; the next start has everything again."""
    assert kafka_jars.exists()
    password = open_folder / "several-password"
    password.write_text("ein langes Passwort\n")
    data = open_folder / "several-own"
    first = begin(data, "--empty", "--admin", "boss", "--password-file", str(password))
    started = pids(first)
    first.process.kill()
    first.process.wait(SECONDS)
    until(lambda: not any(alive(pid) for pid in started.values()), first)
    second = begin(data)
    started = pids(second)
    try:
        answer = httpx.post(
            f"{second.address}/identity/api/v1/tokens",
            json={"login": "boss", "password": "ein langes Passwort"},
            headers={"Idempotency-Key": "sign-in-again"},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
    finally:
        second.process.terminate()
        assert second.process.wait(SECONDS) == 0
    assert not any(alive(pid) for pid in started.values())


def test_without_java_it_says_what_to_install(data: Path, tmp_path: Path) -> None:
    """Before anything is begun."""
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-P", "-m", "cli", "up", "--kafka", "--data", str(data), "--port", str(free_port())],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=ROOT,
        env={**ENVIRONMENT, "PATH": str(tmp_path), "JAVA_HOME": ""},
    )
    refused(done, "Java 17")
    assert not (data / "postgres").exists()


@pytest.mark.parametrize("kind", [*SERVICES, "relay", "gateway"])
def test_wrong_settings_stop_the_start(kind: str) -> None:
    """With a line that names every variable that is wrong or missing."""
    bare = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("JIUJIN_")}
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-P", "-m", "deploy.processes", kind],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=ROOT,
        env={**bare, "JIUJIN_PORT": "no number"},
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "JIUJIN_PORT: " in done.stderr
    missing = "JIUJIN_PUBLIC_KEY_FILE" if kind == "gateway" else "JIUJIN_DATABASE_URL"
    assert f"{missing}: " in done.stderr


@pytest.mark.long
@pytest.mark.alone
def test_no_log_holds_what_people_have_told(several: Up) -> None:
    """Of a whole simulation: names, phones, ID numbers, addresses, words of all people stay out."""
    done = several.verb("simulate", "--requests", "12", "--seed", "9")
    assert done.returncode == 0, done.stdout[-3000:]
    told = list(_told(several))
    assert len(told) > 500
    entries = []
    for file in (several.data / "log").glob("*.log"):
        text = file.read_text(encoding="utf-8")
        assert [word for word in told if word in text] == [], file.name
        if file.stem in OURS:
            entries += [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert all({"event", "level", "timestamp", "service"} <= entry.keys() for entry in entries)
    assert {entry["service"] for entry in entries} == {*SERVICES, "relay", "gateway"}


def _told(up: Up) -> Iterator[str]:
    """What people have told of themselves, as the registers have it."""
    for role, path in (("operator", "/intake/api/v1/cadres"), ("coordinator", "/matching/api/v1/helpers")):
        token = up.verb("token", "--role", role).stdout.strip()
        with httpx.Client(base_url=up.address, trust_env=False) as http:
            http.headers["Authorization"] = f"Bearer {token}"
            for row in http.get(path, params={"limit": 200}).json()["items"]:
                one = http.get(f"{path}/{row['id'] if 'id' in row else row['helper']}").json()
                yield from _texts(one)


def _texts(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name)
    elif isinstance(value, str) and value and name in PERSONAL:
        yield value
