"""How the embedded Kafka comes to its Java and its jars, and what it says where it can't."""

import shutil
from pathlib import Path

import pytest

from deploy.kafka import (
    EmbeddedKafka,
    FetchFailedError,
    JarChangedError,
    JarFolderError,
    JavaMissingError,
    KafkaError,
    MavenMissingError,
    WrongJarError,
    place,
)

NO_REPOSITORY = """
<settings><mirrors><mirror>
  <id>nobody</id><mirrorOf>*</mirrorOf><url>https://127.0.0.1:1/</url>
</mirror></mirrors></settings>
"""


def one_line(error: KafkaError) -> bool:
    """Whether the message is what a terminal shows well."""
    return "\n" not in str(error) and len(str(error)) < 600


@pytest.fixture
def copies(kafka_jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of jars for a test to spoil."""
    folder = tmp_path / "jars"
    shutil.copytree(kafka_jars, folder)
    monkeypatch.setenv(place.JARS, str(folder))
    return folder


def test_a_changed_jar_is_refused(copies: Path) -> None:
    """One byte more, and Kafka isn't started; the message names the file."""
    with (copies / "kafka-clients-4.3.0.jar").open("ab") as jar:
        jar.write(b"\0")
    with pytest.raises(JarChangedError, match=r"kafka-clients-4\.3\.0\.jar") as told:
        place.settle(lambda _: None)
    assert one_line(told.value)


def test_a_missing_jar_is_fetched(copies: Path) -> None:
    """Maven brings it back, and only what SHA256SUMS names is used."""
    (copies / "kafka-clients-4.3.0.jar").unlink()
    (copies / "more.jar").touch()
    said: list[str] = []
    found = place.settle(said.append)
    assert copies / "kafka-clients-4.3.0.jar" in found.jars
    assert copies / "more.jar" not in found.jars
    assert len(said) == 1
    assert not (copies / "fetched").exists()


@pytest.mark.usefixtures("kafka_jars")
def test_another_jar_from_the_repository_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Maven fetched isn't kept unless SHA256SUMS knows it."""
    sums = tmp_path / "SHA256SUMS"
    first, *others = place.SUMS.read_text().splitlines()
    sums.write_text("\n".join([first.replace(first[:8], "00000000"), *others]) + "\n")
    monkeypatch.setattr(place, "SUMS", sums)
    monkeypatch.setenv(place.JARS, str(tmp_path / "jars"))
    with pytest.raises(WrongJarError, match=first.split()[1]) as told:
        place.settle(lambda _: None)
    assert one_line(told.value)
    assert not list((tmp_path / "jars").iterdir())


@pytest.mark.usefixtures("kafka_jars")
def test_a_repository_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Maven's pages of errors become a line."""
    (tmp_path / ".m2").mkdir()
    (tmp_path / ".m2" / "settings.xml").write_text(NO_REPOSITORY)
    monkeypatch.setenv("MAVEN_OPTS", f"-Duser.home={tmp_path}")
    monkeypatch.setenv(place.JARS, str(tmp_path / "jars"))
    with pytest.raises(FetchFailedError, match="network") as told:
        place.settle(lambda _: None)
    assert one_line(told.value)


@pytest.mark.parametrize("version", [None, "1.8.0_412", "11.0.27"])
def test_without_a_new_java_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    """No Java, or one that Kafka 4 doesn't run on."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    if version:
        java = tmp_path / "java"
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        java.chmod(0o755)
    with pytest.raises(JavaMissingError, match=f"{version or 'none'}.*openjdk-17-jre-headless") as told:
        EmbeddedKafka(tmp_path / "kafka").start(lambda _: None)
    assert one_line(told.value)


@pytest.mark.usefixtures("kafka_jars")
def test_without_maven_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where the jars aren't there yet: a machine that has them needs no Maven."""
    java = shutil.which("java")
    assert java is not None
    (tmp_path / "java").symlink_to(java)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert place.settle(lambda _: None).jars
    monkeypatch.setenv(place.JARS, str(tmp_path / "jars"))
    with pytest.raises(MavenMissingError, match="apt install maven"):
        place.settle(lambda _: None)


@pytest.mark.usefixtures("kafka_jars")
def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the folder and the variable; /proc refuses root too."""
    monkeypatch.setenv(place.JARS, "/proc/jiujin")
    with pytest.raises(JarFolderError, match=r"/proc/jiujin.*JIUJIN_KAFKA_JARS"):
        place.settle(lambda _: None)
