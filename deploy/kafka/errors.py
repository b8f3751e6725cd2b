"""What can keep Kafka from running."""

from deploy.errors import DeployError


class KafkaError(DeployError):
    """Kafka can't run."""


class JavaMissingError(KafkaError):
    """Kafka needs Java 17+ ({found}): install it (Debian, Ubuntu: apt install openjdk-17-jre-headless)."""


class MavenMissingError(KafkaError):
    """Maven must fetch Kafka once, and there's none: install it (Debian, Ubuntu: apt install maven)."""


class FetchFailedError(KafkaError):
    """Maven can't fetch Kafka ({reason}): check the network and Maven's settings.xml, then start again."""


class JarFolderError(KafkaError):
    """Can't write {folder} ({reason}): make it writable, or name another folder in JIUJIN_KAFKA_JARS."""


class WrongJarError(KafkaError):
    """The Maven repository gave another {jar} than SHA256SUMS names: use a repository you can trust."""


class JarChangedError(KafkaError):
    """{jar} isn't what was fetched, as SHA256SUMS tells: remove it and start again, it is fetched anew."""


class KafkaRunsError(KafkaError):
    """A Kafka already runs on {folder}: stop it first, or give another folder."""


class KafkaPortError(KafkaError):
    """Kafka's port {port} is taken by another program: stop that one, or give another port."""


class KafkaStartError(KafkaError):
    """Kafka did not start ({reason}): read {log}."""
