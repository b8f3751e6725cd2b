"""The Docker engine of this machine, if one answers, for the servers that tests run in containers."""

import gc
import warnings

from docker.errors import DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

LABEL = "jiujin.tests"
PING_SECONDS = 5

testcontainers_config.ryuk_disabled = True  # one more image, which some machines can't have


def why_without_docker(image: str) -> str:
    """Why there can't be a container, nothing where there can. Fetches the image if the engine lacks it."""
    if not _answers():
        return "no Docker engine answers"
    engine = DockerClient().client
    try:
        engine.images.get(image)
    except ImageNotFound:
        try:
            engine.images.pull(image)
        except (DockerException, OSError) as refusal:
            return f"Docker answers but can't fetch {image}: {str(refusal).splitlines()[0]}"
    finally:
        engine.close()
    return ""


def _answers() -> bool:
    answer = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the client leaves its socket open after a failure
        try:
            engine = DockerClient(timeout=PING_SECONDS).client
            engine.ping()
            engine.close()
        except (DockerException, OSError):
            answer = False
        gc.collect()
    return answer
