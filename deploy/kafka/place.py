"""Where Java and Kafka's jars are. Maven fetches the jars once for all folders of this user.

They lie in the user's cache, or in the folder that JIUJIN_KAFKA_JARS names: a machine without a network gets
that folder from another machine.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.errors import (
    FetchFailedError,
    JarChangedError,
    JarFolderError,
    JavaMissingError,
    MavenMissingError,
    WrongJarError,
)
from deploy.postgres.place import locked

VERSION = "4.3.0"
JARS = "JIUJIN_KAFKA_JARS"
POM = Path(__file__).with_name("pom.xml")
SUMS = Path(__file__).with_name("SHA256SUMS")
OLDEST_JAVA = 17
FETCH_SECONDS = 900
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Programs and code that were looked at: a Java that is new enough, jars that are the right ones."""

    java: Path
    jars: tuple[Path, ...]


def settle(say: Progress) -> Place:
    """Find Java and the jars, which are fetched if there are none. Raises a KafkaError."""
    return Place(_find_java(), _find_jars(say))


def cache() -> Path:
    """The folder of the jars."""
    if chosen := os.environ.get(JARS):
        return Path(chosen).expanduser().absolute()
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().absolute()
    return home / "jiujin" / f"kafka-{VERSION}"


def _find_java() -> Path:
    found = "none is here"
    for java in _javas():
        try:
            said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr  # noqa: S603
        except OSError:
            continue
        version = re.search(r'version "(\d+)', said)
        if version and int(version[1]) >= OLDEST_JAVA:
            return java
        found = f"{java} is {said.partition(chr(10))[0] or 'none'}"
    raise JavaMissingError(found=found)


def _javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if program := shutil.which("java"):
        yield Path(program).absolute()


def _find_jars(say: Progress) -> tuple[Path, ...]:
    """All that SHA256SUMS names and nothing else, each compared with it at every start (44 MB, 0.1 s)."""
    folder, sums = cache(), _sums()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            if not all((folder / name).is_file() for name in sums):
                _fetch(folder, sums, say)
            for name, wanted in sums.items():
                if _sum(folder / name) != wanted:
                    raise JarChangedError(jar=folder / name)
    except OSError as refusal:
        raise JarFolderError(folder=folder, reason=refusal.strerror) from refusal
    return tuple(folder / name for name in sums)


def _fetch(folder: Path, sums: dict[str, str], say: Progress) -> None:
    """Let Maven fetch them; they are moved to their place when all are there and right."""
    maven = shutil.which("mvn")
    if maven is None:
        raise MavenMissingError
    say(f"fetching Kafka {VERSION} into {folder} (44 MB, once)")
    fetched = folder / "fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    # -U: a repository that hadn't a jar yesterday is asked again.
    words: list[str | Path] = [
        "-q",
        "-B",
        "-U",
        "-f",
        POM,
        "dependency:copy-dependencies",
        f"-DoutputDirectory={fetched}",
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [maven, *words], check=False, capture_output=True, text=True, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as late:
        raise FetchFailedError(reason=f"not done after {FETCH_SECONDS} s") from late
    if done.returncode != 0:
        raise FetchFailedError(reason=_reason(done.stdout + done.stderr))
    for name, wanted in sums.items():
        if not (fetched / name).is_file() or _sum(fetched / name) != wanted:
            shutil.rmtree(fetched)
            raise WrongJarError(jar=name)
    for name in sums:
        (fetched / name).replace(folder / name)
    shutil.rmtree(fetched)


def _reason(said: str) -> str:
    lines = [line.strip() for line in COLOUR.sub("", said).splitlines() if line.strip()]
    errors = [line.removeprefix("[ERROR]").strip() for line in lines if line.startswith("[ERROR]")]
    return (errors or lines[-1:] or ["it said nothing"])[0]


def _sums() -> dict[str, str]:
    """The SHA-256 of each jar by its file name."""
    return {name: wanted for wanted, name in (line.split() for line in SUMS.read_text().splitlines())}


def _sum(jar: Path) -> str:
    with jar.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
