"""Where a Kafka cluster is and how one gets in, from a URL and files."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from shared.bus.kafka.topics import Cluster

PLAIN, TLS, SASL, SASL_TLS = "kafka", "kafka+ssl", "kafka+sasl", "kafka+sasl+ssl"
MECHANISMS: dict[str, Callable[..., BaseSecurity]] = {
    "SCRAM-SHA-512": SASLScram512,
    "SCRAM-SHA-256": SASLScram256,
    "PLAIN": SASLPlaintext,
}


class KafkaUrlError(ValueError):
    """A Kafka URL is SCHEME://[USER@]HOST:PORT…, by kafka, kafka+ssl, kafka+sasl or kafka+sasl+ssl."""


class CredentialsError(ValueError):
    """What the URL asks for isn't there, or is of no use."""


def cluster_of(
    url: str,
    *,
    password: str = "",
    ca: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    prefix: str = "jiujin",
    replicas: int = -1,
) -> Cluster:
    """The cluster at a URL. KafkaUrlError, CredentialsError.

    SASL takes the user of the URL and `password`, by SCRAM-SHA-512 or as `?mechanism=` says. TLS believes the
    machine's authorities, or `ca`, and shows `certificate` where there is one. Names of hosts are checked.
    """
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    if parts.scheme not in {PLAIN, TLS, SASL, SASL_TLS} or not hosts or parts.path not in {"", "/"}:
        raise KafkaUrlError(KafkaUrlError.__doc__)
    context = _context(ca, certificate, key) if parts.scheme in {TLS, SASL_TLS} else None
    security: BaseSecurity | None = None
    if parts.scheme in {SASL, SASL_TLS}:
        mechanism = parse_qs(parts.query).get("mechanism", ["SCRAM-SHA-512"])[0]
        if mechanism not in MECHANISMS:
            raise KafkaUrlError(f"the mechanism is one of {', '.join(MECHANISMS)}")
        if not user or not password:
            raise CredentialsError("SASL needs a user in the URL, and JIUJIN_KAFKA_PASSWORD_FILE")
        security = MECHANISMS[mechanism](
            unquote(user), password, ssl_context=context, use_ssl=context is not None
        )
    elif context is not None:
        security = BaseSecurity(ssl_context=context)
    return Cluster(hosts, prefix, replicas, security)


def _context(ca: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:  # ssl's own errors are OSErrors
        raise CredentialsError(
            f"the files of CA, certificate and key are of no use together: {_why(error)}"
        ) from error
    return context


def _why(error: Any) -> str:
    return str(getattr(error, "reason", "") or getattr(error, "strerror", "") or error)
