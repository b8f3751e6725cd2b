"""The reference pages say what the program says."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from deploy.reference import pages
from deploy.reference.asyncapi import HEADERS, OPTIONAL
from deploy.services import SERVICES
from deploy.settings import KINDS, NAMES, PREFIX
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.bus.kafka.message import to_message
from shared.clock import wall_now

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
PAGES = [
    *("events.md", "commands.md", "states.md", "permissions.md", "settings.md", "asyncapi.json"),
    *(f"openapi/{name}.json" for name in NAMES),
]


@pytest.fixture(scope="module")
def document() -> Any:
    """The AsyncAPI document."""
    return orjson.loads(pages()["asyncapi.json"])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    """`./jiujin reference` would change nothing."""
    assert FOLDER.joinpath(name).read_text(encoding="utf-8") == pages()[name]


def test_every_page_is_looked_at() -> None:
    """None is made that nobody compares."""
    assert sorted(pages()) == sorted(PAGES)


def test_settings_name_the_services() -> None:
    """The names that processes know without loading the services are theirs."""
    assert tuple(service.name for service in SERVICES) == NAMES
    assert {f"{PREFIX}{name.upper()}_URL" for name in NAMES} <= {
        f"{PREFIX}{field.upper()}" for field in KINDS["gateway"].model_fields
    }


def test_the_topics_document_is_asyncapi(document: Any) -> None:
    """By the models of AsyncAPI 3.0 that the library has; and every reference leads somewhere."""
    ApplicationSchema.model_validate(document)

    def follow(node: Any) -> None:
        if isinstance(node, dict):
            place: Any = document
            for part in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
                place = place[part]
            for child in node.values():
                follow(child)
        elif isinstance(node, list):
            for child in node:
                follow(child)

    follow(document)


def test_the_headers_are_those_that_travel() -> None:
    """Each that a record may have, and those that it must."""
    now, some = wall_now(), UUID(int=1)
    bare = Envelope(
        some, "a.B", 1, "a", "b-1", 1, "k", now, now, Actor("x", "y"), some, simulated=False, previous=GENESIS
    )
    names = {name.removeprefix("ce_") for name, _ in to_message(bare).headers} - {"content-type"}
    assert names == HEADERS.keys() - OPTIONAL
