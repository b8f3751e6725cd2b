"""Where a Kafka cluster is and how one gets in, from a URL and files."""

from urllib.parse import urlsplit

from shared.bus.kafka.topics import Cluster

SCHEMES = ("kafka",)


class KafkaUrlError(ValueError):
    """A Kafka URL is `kafka://HOST:PORT[,HOST:PORT…]`."""


def cluster_of(url: str, *, prefix: str = "jiujin", replicas: int = -1) -> Cluster:
    """The cluster at a URL; KafkaUrlError when it is none."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.netloc:
        raise KafkaUrlError(KafkaUrlError.__doc__)
    return Cluster(parts.netloc, prefix, replicas)
