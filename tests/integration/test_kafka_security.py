"""A real broker that lets in by password and by certificate only, and a carrier that gets in."""

import asyncio
import secrets
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import deploy.kafka.server
from deploy.kafka import EmbeddedKafka
from deploy.kafka.server import Server
from deploy.kafka.settings import properties
from deploy.ports import HOST, free_port
from shared.bus.kafka.security import CredentialsError, KafkaUrlError, cluster_of
from shared.bus.kafka.topics import make_topics
from tests.contract.carrier import LocalUnderTest, Toys
from tests.contract.kafka import KafkaUnderTest
from tests.harness import City

LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"
USER, PASSWORD = "jiujin", "ein-langes-passwort"
FIRST_USE_SECONDS = 120.0


@dataclass(frozen=True)
class Guarded:
    """A broker's doors, and the files that open them."""

    sasl: int
    tls: int
    mutual: int
    folder: Path

    def cluster(self, scheme: str, port: int, **more: Any) -> Any:
        """The cluster behind a door."""
        given = {"ca": self.folder / "ca.pem", "prefix": f"s{secrets.token_hex(3)}", **more}
        return cluster_of(f"{scheme}://{USER}@{HOST}:{port}", **given)


Issued = tuple[x509.Certificate, Any]


def _issue(folder: Path, name: str, issuer: Issued | None) -> Issued:
    """A certificate and its key, in `name.crt`, `name.key`, `name.pem` (both); without an issuer its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signer = issuer[1] if issuer else key
    usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = made.public_bytes(Encoding.PEM)
    (folder / f"{name}.crt").write_bytes(public)
    (folder / f"{name}.key").write_bytes(private)
    (folder / f"{name}.pem").write_bytes((private if issuer else b"") + public)
    return made, key


async def _first_use(bootstrap: str) -> None:
    """Have the broker make the topic of groups' offsets, which may take long: no test should wait for it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        async with asyncio.timeout(FIRST_USE_SECONDS):
            await admin.start()
            while True:
                with suppress(GroupCoordinatorNotAvailableError):
                    await admin.find_coordinator("nobody")
                    return
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


@pytest.fixture(scope="module")
def guarded(open_folder: Path, kafka_jars: Path) -> Iterator[Guarded]:
    """The broker; its plain door is for itself alone."""
    assert kafka_jars.exists()
    folder = open_folder / "guarded"
    folder.mkdir()
    ca = _issue(folder, "ca", None)
    _issue(folder, "server", ca)
    _issue(folder, "client", ca)
    _issue(folder, "stranger", None)
    found = Guarded(free_port(), free_port(), free_port(), folder)
    doors = {"SASL": ("SASL_SSL", found.sasl), "TLS": ("SSL", found.tls), "MUTUAL": ("SSL", found.mutual)}

    def with_doors(*given: Any) -> str:
        lines = []
        for line in properties(*given).splitlines():
            name = line.partition("=")[0]
            if name in {"listeners", "advertised.listeners"}:
                lines.append(line + "".join(f",{door}://{HOST}:{port}" for door, (_, port) in doors.items()))
            elif name == "listener.security.protocol.map":
                lines.append(line + "".join(f",{door}:{kind}" for door, (kind, _) in doors.items()))
            else:
                lines.append(line)
        return "\n".join(
            [
                *lines,
                "ssl.keystore.type=PEM",
                f"ssl.keystore.location={folder / 'server.pem'}",
                "ssl.truststore.type=PEM",
                f"ssl.truststore.location={folder / 'ca.pem'}",
                "listener.name.mutual.ssl.client.auth=required",
                "listener.name.sasl.sasl.enabled.mechanisms=SCRAM-SHA-512",
                f"listener.name.sasl.scram-sha-512.sasl.jaas.config={LOGIN} required;",
                "",
            ]
        )

    plain = Server._command  # noqa: SLF001  the account is made with the storage

    def with_account(self: Server, program: str, *words: str) -> list[str | Path]:
        account = ["--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"]
        return plain(self, program, *words, *(account if program == "kafka.tools.StorageTool" else []))

    broker = EmbeddedKafka(folder / "kafka")
    with (
        patch.object(deploy.kafka.server, "properties", with_doors),
        patch.object(Server, "_command", with_account),
    ):
        broker.start(lambda _: None)
    try:
        asyncio.run(_first_use(broker.bootstrap))
        yield found
    finally:
        broker.kill()
        broker.stop()


@pytest.fixture(params=["sasl", "tls", "mutual"])
def cluster(guarded: Guarded, request: pytest.FixtureRequest) -> Any:
    """Each way in."""
    shown = {"certificate": guarded.folder / "client.crt", "key": guarded.folder / "client.key"}
    ways = {
        "sasl": lambda: guarded.cluster("kafka+sasl+ssl", guarded.sasl, password=PASSWORD),
        "tls": lambda: guarded.cluster("kafka+ssl", guarded.tls),
        "mutual": lambda: guarded.cluster("kafka+ssl", guarded.mutual, **shown),
    }
    return ways[request.param]()


async def test_events_travel_through_each_door(toy_city: City, cluster: Any) -> None:
    """Relay, consumer, topics and lag all get in."""
    await LocalUnderTest(toy_city).stop()
    carrier = KafkaUnderTest(toy_city, cluster.bootstrap)
    carrier.cluster = cluster
    toys = Toys(carrier)
    await carrier.start()
    try:
        counter = await toys.open()
        await toys.count(counter, 1, 2)
        await carrier.settle()
        assert await toys.heard() == {counter: 3}
    finally:
        await carrier.stop()


async def test_who_may_not_enter_is_told_so(guarded: Guarded) -> None:
    """A wrong password, no certificate, a stranger's, an authority that isn't believed: an error, soon."""
    stranger = {"certificate": guarded.folder / "stranger.crt", "key": guarded.folder / "stranger.key"}
    for cluster in (
        guarded.cluster("kafka+sasl+ssl", guarded.sasl, password="wrong"),
        guarded.cluster("kafka+ssl", guarded.mutual),
        guarded.cluster("kafka+ssl", guarded.mutual, **stranger),
        guarded.cluster("kafka+ssl", guarded.tls, ca=guarded.folder / "stranger.pem"),
    ):
        with pytest.raises((KafkaError, ssl.SSLError, OSError)):
            await asyncio.wait_for(make_topics(cluster, ["counting"]), 20)


async def test_a_carrier_that_is_not_let_in_goes_on_trying(toy_city: City, guarded: Guarded) -> None:
    """It says what it waits for, and ends when it is told to."""
    await LocalUnderTest(toy_city).stop()
    carrier = KafkaUnderTest(toy_city, f"{HOST}:{guarded.sasl}")
    carrier.cluster = guarded.cluster("kafka+sasl+ssl", guarded.sasl, password="wrong")
    with structlog.testing.capture_logs() as told:
        await carrier.start()
        async with asyncio.timeout(20):
            while not any(line["event"] == "waiting for Kafka" for line in told):  # noqa: ASYNC110  no event
                await asyncio.sleep(0.05)
        await carrier.stop()
    assert PASSWORD not in repr(told)
    assert "wrong" not in repr(carrier.cluster)


def test_a_url_says_how_to_get_in(tmp_path: Path) -> None:
    """What lacks, or is of no use, is told before anything starts."""
    assert cluster_of("kafka://a:9092,b:9092").bootstrap == "a:9092,b:9092"
    for url in ("a:9092", "http://a", "kafka://", "kafka://a/b"):
        with pytest.raises(KafkaUrlError):
            cluster_of(url)
    with pytest.raises(KafkaUrlError):
        cluster_of("kafka+sasl://u@a:1?mechanism=GSSAPI", password="x")
    for url in ("kafka+sasl://a:9092", "kafka+sasl://u@a:9092"):
        with pytest.raises(CredentialsError):
            cluster_of(url)
    (tmp_path / "no.pem").write_text("no certificate")
    with pytest.raises(CredentialsError):
        cluster_of("kafka+ssl://a:9092", ca=tmp_path / "no.pem")
