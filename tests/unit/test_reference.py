"""The reference pages say what the program says."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from deploy.reference import pages
from deploy.reference.asyncapi import HEADERS, OPTIONAL
from deploy.services import SERVICES
from deploy.settings import KINDS, NAMES, PREFIX
from shared.bus.envelope import GENESIS, Actor, Envelope, decode
from shared.bus.kafka.message import to_message
from shared.clock import wall_now
from shared.contracts.event import Event
from tests.golden import file_of, known_types

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
PAGES = [
    *("events.md", "commands.md", "states.md", "permissions.md", "settings.md"),
    *("topics.md", "weights.md", "asyncapi.json"),
    *(f"openapi/{name}.json" for name in NAMES),
]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The pages, made once."""
    return pages()


@pytest.fixture(scope="module")
def document(made: dict[str, str]) -> Any:
    """The AsyncAPI document."""
    return orjson.loads(made["asyncapi.json"])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(made: dict[str, str], name: str) -> None:
    """`./jiujin reference` would change nothing."""
    assert FOLDER.joinpath(name).read_text(encoding="utf-8") == made[name]


def test_every_page_is_looked_at(made: dict[str, str]) -> None:
    """None is made that nobody compares."""
    assert sorted(made) == sorted(PAGES)


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


@pytest.mark.parametrize("kind", known_types(), ids=lambda kind: kind.NAME)
def test_what_travels_is_as_the_topics_document_says(document: Any, kind: type[Event]) -> None:
    """The data and the headers of the event's golden file; and data without what is sealed isn't."""
    golden = orjson.loads(file_of(kind.NAME, kind.VERSION).read_bytes())
    envelope = decode(golden["header"].encode(), golden["data"].encode())
    data = orjson.loads(envelope.data)
    payload = _validator(document, f"messages/{kind.NAME}/payload")
    payload.validate(data)
    headers = {name: value.decode() for name, value in to_message(envelope.header, envelope.data).headers}
    _validator(document, "schemas/headers").validate(headers)
    if kind.SEALED:
        del data["$sealed"]
        assert not payload.is_valid(data)
    assert not payload.is_valid({**data, "unheard_of": 1})


def _validator(document: Any, place: str) -> Draft7Validator:
    """Of a part of the document; AsyncAPI's schemas are draft 7 and a little more."""
    whole = Registry().with_resource("urn:document", DRAFT7.create_resource(document))
    schema = {"$ref": f"urn:document#/components/{place}"}
    return Draft7Validator(schema, registry=whole, format_checker=Draft7Validator.FORMAT_CHECKER)


def test_the_headers_are_those_that_travel() -> None:
    """Each that a record may have, and those that it must."""
    now, some = wall_now(), UUID(int=1)
    bare = Envelope(
        some, "a.B", 1, "a", "b-1", 1, "k", now, now, Actor("x", "y"), some, simulated=False, previous=GENESIS
    )
    names = {name.removeprefix("ce_") for name, _ in to_message(bare.header, bare.data).headers} - {
        "content-type"
    }
    assert names == HEADERS.keys() - OPTIONAL
