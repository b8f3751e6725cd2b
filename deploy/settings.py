"""What a process is told by its environment: typed, and checked before anything starts.

Every variable begins with JIUJIN_. In those of the database, `{database}` stands for the name of a service or
for `vault`, so that all processes can be given the same.
"""

from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, FilePath, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from deploy.errors import DeployError
from shared.bus.kafka.security import cluster_of
from shared.bus.kafka.topics import Cluster

PREFIX = "JIUJIN_"
NAMES = ("intake", "matching", "care", "reporting", "identity")
"""The services; a process loads none but its own, so they aren't asked."""
Words = Annotated[tuple[str, ...], NoDecode]
"""Words with commas between them."""


class SettingsWrongError(DeployError):
    """Can't start. {wrong}. What each is for: docs/reference/settings.md."""


class Process(BaseSettings):
    """Of every process."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 in a container.")
    port: int = Field(8600, ge=1, le=65535, description="Port to listen on.")
    trusted_proxies: Words = Field(
        ("127.0.0.1",),
        description="Addresses or networks, with commas between, whose X-Forwarded-For is believed.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged.")
    traces_url: str = Field(
        "",
        description="Where traces go, as OTLP over HTTP (`http://collector:4318/v1/traces`); empty: nowhere.",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return words(value)


class Keyed(Process):
    """Of every process that checks tokens."""

    public_key_file: Path = Field(description="The public key of identity's tokens, PEM.")
    demo: bool = Field(
        default=False, description="Whether a new store is a demo's, which takes development tokens."
    )


class Stored(Process):
    """Of every process with a database, and with Kafka."""

    database_url: str = Field(
        description="`postgresql://ROLE@HOST:PORT/DATABASE`, with `{database}` where its name belongs."
    )
    database_password_file: str = Field(
        "",
        description="The file with the role's password, with `{database}` in its path; empty: none is asked.",
    )
    kafka_url: str = Field(
        description="`kafka://HOST:PORT[,HOST:PORT…]`; `kafka+ssl://…` for TLS; "
        "`kafka+sasl://USER@HOST:PORT…` "
        "or `kafka+sasl+ssl://…` for SASL, `?mechanism=` SCRAM-SHA-512 (else SCRAM-SHA-256, PLAIN)."
    )
    kafka_password_file: FilePath | None = Field(
        None, description="The file with the password of SASL's user."
    )
    kafka_ca_file: FilePath | None = Field(
        None, description="The authorities that TLS believes, PEM; empty: the machine's."
    )
    kafka_certificate_file: FilePath | None = Field(
        None, description="The certificate that is shown to the cluster (mTLS), PEM."
    )
    kafka_key_file: FilePath | None = Field(None, description="The key of that certificate, PEM.")
    kafka_prefix: str = Field("jiujin", pattern=r"^[a-z][a-z0-9._-]{0,60}$", description="Of topics, groups.")
    kafka_replicas: int = Field(
        -1, ge=-1, le=9, description="Of a topic that is made; -1 is what the cluster does by itself."
    )

    @field_validator("database_url")
    @classmethod
    def _of_a_database(cls, value: str) -> str:
        wrong = ValueError("it is postgresql://ROLE@HOST:PORT/DATABASE, with {database} in it")
        try:
            url = urlsplit(value)
            port = url.port
        except ValueError:  # its text may hold the password
            raise wrong from None
        if url.scheme not in {"postgresql", "postgres"} or port == 0 or "{database}" not in value:
            raise wrong
        return value

    @field_validator("kafka_url")
    @classmethod
    def _of_kafka(cls, value: str) -> str:
        cluster_of(value, password=value)  # the file's is looked at when all else is well
        return value

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        self.cluster()
        return self

    def cluster(self) -> Cluster:
        """The Kafka cluster; a ValueError when the settings name none."""
        file = self.kafka_password_file
        return cluster_of(
            self.kafka_url,
            password=file.read_text(encoding="utf-8").strip() if file else "",
            ca=self.kafka_ca_file,
            certificate=self.kafka_certificate_file,
            key=self.kafka_key_file,
            prefix=self.kafka_prefix,
            replicas=self.kafka_replicas,
        )

    def dsn(self, database: str) -> str:
        """The address of a database, with its password; SettingsWrongError when that can't be read."""
        url = urlsplit(self.database_url.replace("{database}", database))
        if not self.database_password_file:
            return urlunsplit(url)
        file = Path(self.database_password_file.replace("{database}", database))
        try:
            password = quote(file.read_text(encoding="utf-8").strip(), safe="")
        except OSError as error:
            wrong = f"{PREFIX}DATABASE_PASSWORD_FILE: {file}: {error.strerror}"
            raise SettingsWrongError(wrong=wrong) from error
        user, _, where = url.netloc.rpartition("@")
        return urlunsplit(url._replace(netloc=f"{user}:{password}@{where}"))


class Service(Keyed, Stored):
    """Of the process of a service."""

    member: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]*$",
        description="A name that this process keeps over restarts, its own in the service: it then gets its "
        "partitions back without a rebalance. Empty: none.",
    )


class Intake(Service):
    """Of intake."""


class Matching(Service):
    """Of matching."""


class Care(Service):
    """Of care."""

    files: Path = Field(description="Folder of evidence files, the same for all processes of the service.")


class Reporting(Service):
    """Of reporting."""

    address: str = Field(
        description="The one address inside, `http://HOST:PORT`: a check of a history asks the owners there."
    )


class Identity(Service):
    """Of identity."""

    private_key_file: Path = Field(description="The private key that signs tokens, Ed25519 in PEM.")
    administrator: str = Field("", description="Login of the first administrator.")
    administrator_password_file: FilePath | None = Field(
        None, description="The file with their first password."
    )


class Relay(Stored):
    """Of a relay, which sends the events of services to their topics."""

    relayed: Words = Field(NAMES, description="The services whose events it sends, with commas between.")

    @field_validator("relayed", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return words(value)

    @field_validator("relayed")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in NAMES:
                raise ValueError(f"{name!r} is none of {', '.join(NAMES)}")
        return value


class Gateway(Keyed):
    """Of the gateway, which is the one address and answers for the whole."""

    intake_url: str = Field("http://intake:8600", description="Where intake answers.")
    matching_url: str = Field("http://matching:8600", description="Where matching answers.")
    care_url: str = Field("http://care:8600", description="Where care answers.")
    reporting_url: str = Field("http://reporting:8600", description="Where reporting answers.")
    identity_url: str = Field("http://identity:8600", description="Where identity answers.")

    def url(self, service: str) -> str:
        """Where a service answers."""
        found: str = getattr(self, f"{service}_url")
        return found


KINDS: dict[str, type[Process]] = {
    "intake": Intake,
    "matching": Matching,
    "care": Care,
    "reporting": Reporting,
    "identity": Identity,
    "relay": Relay,
    "gateway": Gateway,
}
"""The settings of each kind of process, by its name."""

P = TypeVar("P", bound=Process)


def read(kind: type[P]) -> P:
    """The settings in the environment; SettingsWrongError names every variable that is wrong or missing."""
    try:
        return kind()
    except ValidationError as error:
        lines = []
        for one in error.errors(include_input=False, include_url=False):
            name = PREFIX + str(one["loc"][0]).upper() if one["loc"] else f"{PREFIX}KAFKA_URL"
            lines.append(f"{name}: {one['msg']}")
        raise SettingsWrongError(wrong="; ".join(lines)) from None


def words(value: object) -> object:
    """A text with commas as a tuple of its words."""
    return (
        tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value
    )
