"""What a process is told by its environment: wrong settings stop the start, and each is named."""

import os
from pathlib import Path

import pytest

from deploy.settings import KINDS, NAMES, PREFIX, Gateway, Process, Relay, SettingsWrongError, read

SECRET = "hunter-two"
DATABASE = "postgresql://jiujin_{database}@db:5432/jiujin_{database}"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which a relay could start; a test spoils it."""
    monkeypatch.setenv("JIUJIN_DATABASE_URL", DATABASE)
    monkeypatch.setenv("JIUJIN_KAFKA_URL", "kafka://k1:9092,k2:9092")
    return monkeypatch


def refusal(kind: type[Process]) -> str:
    """What the start says."""
    with pytest.raises(SettingsWrongError) as caught:
        read(kind)
    assert SECRET not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.usefixtures("relay")
def test_defaults_do_for_the_rest() -> None:
    """Two addresses are all that a relay must be told."""
    settings = read(Relay)
    assert settings.relayed == NAMES
    assert settings.dsn("care") == "postgresql://jiujin_care@db:5432/jiujin_care"
    assert settings.cluster().bootstrap == "k1:9092,k2:9092"
    assert settings.cluster().security is None


@pytest.mark.parametrize("name", KINDS)
def test_whatever_is_missing_is_named(name: str) -> None:
    """All at once, not one at a time."""
    kind = KINDS[name]
    required = {f"{PREFIX}{field.upper()}" for field, info in kind.model_fields.items() if info.is_required()}
    assert required
    said = refusal(kind)
    assert {one for one in required if f"{one}: Field required" in said} == required


WRONG = {
    "no number": ("JIUJIN_PORT", "http"),
    "no port": ("JIUJIN_PORT", "65536"),
    "no level": ("JIUJIN_LOG_LEVEL", "LOUD"),
    "no database's scheme": ("JIUJIN_DATABASE_URL", f"mysql://root:{SECRET}@db/{{database}}"),
    "one database for all": ("JIUJIN_DATABASE_URL", f"postgresql://root:{SECRET}@db/jiujin"),
    "no port of a database": ("JIUJIN_DATABASE_URL", f"postgresql://root:{SECRET}@db:x/{{database}}"),
    "no host of a database": ("JIUJIN_DATABASE_URL", f"postgresql://root:{SECRET}@[db/{{database}}"),
    "a name that isn't one": ("JIUJIN_DATABASE_URL", f"postgresql://root:{SECRET}\u2100@db/{{database}}"),
    "no Kafka's scheme": ("JIUJIN_KAFKA_URL", f"nats://me:{SECRET}@k1:9092"),
    "no host of Kafka": ("JIUJIN_KAFKA_URL", "kafka://"),
    "no password for Kafka": ("JIUJIN_KAFKA_URL", "kafka+sasl://me@k1:9092"),
    "no such mechanism": ("JIUJIN_KAFKA_URL", "kafka+sasl://me@k1:9092?mechanism=MD5"),
    "no such file": ("JIUJIN_KAFKA_CA_FILE", "/nonexistent/ca.pem"),
    "no prefix of topics": ("JIUJIN_KAFKA_PREFIX", "Jiu Jin"),
    "too many replicas": ("JIUJIN_KAFKA_REPLICAS", "100"),
    "no such service": ("JIUJIN_RELAYED", "intake,postal"),
}


@pytest.mark.parametrize("what", WRONG)
def test_whatever_is_wrong_is_named(relay: pytest.MonkeyPatch, what: str) -> None:
    """And only that; a password in it isn't shown."""
    variable, value = WRONG[what]
    relay.setenv(variable, value)
    said = refusal(Relay)
    assert f"{variable}: " in said
    assert said.count(PREFIX) == 1 + said.count("and JIUJIN_KAFKA_PASSWORD_FILE")


def test_several_wrong_ones_are_named_together(relay: pytest.MonkeyPatch) -> None:
    """So that a start isn't tried once for each."""
    for what in ("no number", "no such service", "one database for all", "no such mechanism"):
        relay.setenv(*WRONG[what])
    said = refusal(Relay)
    wrong = ("JIUJIN_PORT", "JIUJIN_RELAYED", "JIUJIN_DATABASE_URL", "JIUJIN_KAFKA_URL")
    assert all(f"{one}: " in said for one in wrong)


def test_the_unknown_service_is_told_the_known_ones(relay: pytest.MonkeyPatch) -> None:
    """A slip of the pen is then seen."""
    relay.setenv("JIUJIN_RELAYED", "intake,postal")
    assert f"'postal' is none of {', '.join(NAMES)}" in refusal(Relay)


def test_a_password_comes_from_the_file_of_its_database(relay: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each role has its own, whatever characters it has."""
    relay.setenv("JIUJIN_DATABASE_PASSWORD_FILE", str(tmp_path / "{database}_password"))
    (tmp_path / "care_password").write_text("a/b@c\n", encoding="utf-8")
    settings = read(Relay)
    assert settings.dsn("care") == "postgresql://jiujin_care:a%2Fb%40c@db:5432/jiujin_care"
    with pytest.raises(
        SettingsWrongError, match=r"JIUJIN_DATABASE_PASSWORD_FILE: .*/intake_password: No such"
    ):
        settings.dsn("intake")


def test_an_empty_variable_is_none(relay: pytest.MonkeyPatch) -> None:
    """Compose passes on what isn't set as an empty text."""
    relay.setenv("JIUJIN_RELAYED", "")
    relay.setenv("JIUJIN_KAFKA_CA_FILE", "")
    settings = read(Relay)
    assert settings.relayed == NAMES
    assert settings.kafka_ca_file is None


def test_words_have_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """With or without spaces."""
    monkeypatch.setenv("JIUJIN_PUBLIC_KEY_FILE", "identity.pub")
    monkeypatch.setenv("JIUJIN_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,")
    assert read(Gateway).trusted_proxies == ("10.0.0.0/8", "192.0.2.7")
