"""Apache Kafka 4.3.0 of our own: jars by Maven, checked, on the machine's Java; one node, loopback only."""

from deploy.kafka.embedded import EmbeddedKafka
from deploy.kafka.errors import (
    FetchFailedError,
    JarChangedError,
    JarFolderError,
    JavaMissingError,
    KafkaError,
    KafkaPortError,
    KafkaRunsError,
    KafkaStartError,
    MavenMissingError,
    WrongJarError,
)

__all__ = [
    "EmbeddedKafka",
    "FetchFailedError",
    "JarChangedError",
    "JarFolderError",
    "JavaMissingError",
    "KafkaError",
    "KafkaPortError",
    "KafkaRunsError",
    "KafkaStartError",
    "MavenMissingError",
    "WrongJarError",
]
