"""The AsyncAPI document of the topics: every event as it travels, who sends it and who takes it in."""

from collections.abc import Iterator
from typing import Any

import orjson

from deploy.reference.words import said
from deploy.services import SERVICES
from shared.bus.codec import MAX_DATA, SEALED
from shared.bus.kafka.message import PREFIX
from shared.bus.kafka.topics import CONFIG, PARTITIONS, Cluster
from shared.contracts.event import Event, event_types
from shared.service import Definition
from shared.version import VERSION

_TEXT: dict[str, Any] = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}
HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "specversion": ({"const": "1.0"}, "of CloudEvents"),
    "id": (_UUID, "the event's"),
    "type": (_TEXT, "its name"),
    "typeversion": ({"type": "string", "pattern": "^[1-9][0-9]*$"}, "the version of its fields"),
    "source": (_TEXT, "the service that recorded it"),
    "subject": (_TEXT, "its stream"),
    "streamversion": ({"type": "string", "pattern": "^[1-9][0-9]*$"}, "its place in the stream"),
    "partitionkey": (_TEXT, "the record's key: the cadre, else the stream's own id"),
    "time": (_TIME, "when it happened"),
    "recordedtime": (_TIME, "when it was recorded, never before its cause"),
    "actor": (_TEXT, "who acted: an account, or system:SERVICE/HANDLER"),
    "actorrole": (_TEXT, "in which role"),
    "onbehalfof": (_TEXT, "for whom, if for another"),
    "correlationid": (_UUID, "of everything that came of one call"),
    "causationid": (_UUID, "the event that caused it"),
    "commandid": (_TEXT, "the key of the command that caused it"),
    "caseid": (_UUID, "the request that it belongs to"),
    "cadres": (_TEXT, "the people whose histories show it, with commas between"),
    "traceparent": (_TEXT, "W3C trace context"),
    "simulated": ({"enum": ["true", "false"]}, "whether it was made on a virtual clock"),
    "previoushash": ({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "the hash before it in its stream"),
}
OPTIONAL = {"onbehalfof", "causationid", "commandid", "caseid", "cadres", "traceparent"}


def asyncapi() -> str:
    """The document, AsyncAPI 3.0 in JSON."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "就近 Jiujin",
            "version": VERSION,
            "description": "CloudEvents 1.0 in Kafka's binary mode. A topic a service, kept for ever and "
            "never compacted: the key is a person, and compaction would keep one event of a whole history. "
            "Order holds by topic and key. The value is the data as it was recorded, byte for byte, "
            f"{MAX_DATA} bytes at most.",
        },
        "defaultContentType": "application/json",
        "channels": {service.name: _channel(service.name) for service in SERVICES if sent(service.name)},
        "operations": dict(_operations()),
        "components": {
            "messages": {kind.NAME: _message(kind) for kind in _events()},
            "schemas": {"headers": _headers()},
        },
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"


def _events() -> Iterator[type[Event]]:
    return (kind for kind in event_types() if kind.__module__.startswith("shared.contracts."))


def sent(service: str) -> list[type[Event]]:
    """What a service records; what people do to the machinery every service may."""
    return [kind for kind in _events() if kind.NAME.partition(".")[0] in {service, "operations"}]


def _channel(service: str) -> dict[str, Any]:
    address = Cluster("").topic(service)
    kafka = {
        "topic": address,
        "partitions": PARTITIONS,
        "topicConfiguration": {
            "cleanup.policy": [CONFIG["cleanup.policy"]],
            "retention.ms": int(CONFIG["retention.ms"]),
            "retention.bytes": int(CONFIG["retention.bytes"]),
        },
        "bindingVersion": "0.5.0",
    }
    messages = {kind.NAME: {"$ref": f"#/components/messages/{kind.NAME}"} for kind in sent(service)}
    return {"address": address, "messages": messages, "bindings": {"kafka": kafka}}


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for service in SERVICES:
        yield f"{service.name}.sends", _operation("send", service.name, sent(service.name))
        acted_on = wanted(service)
        for source in SERVICES:
            taken = [kind for kind in sent(source.name) if kind in acted_on or service.name == "reporting"]
            if taken and source is not service:  # its own it has at hand
                yield f"{service.name}.takes.{source.name}", _operation("receive", source.name, taken)


def wanted(service: Definition) -> set[type[Event]]:
    """What a service reacts to, or has a view of."""
    return set(service.reactions) | {kind for view in service.views for kind in view.handlers}


def _operation(action: str, channel: str, kinds: list[type[Event]]) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/{channel}/messages/{kind.NAME}"} for kind in kinds]
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "messages": messages}


def _message(kind: type[Event]) -> dict[str, Any]:
    return {
        "name": kind.NAME,
        "title": f"{kind.NAME}, version {kind.VERSION}",
        "summary": said(kind),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": _payload(kind),
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": "0.5.0"}},
    }


def _payload(kind: type[Event]) -> dict[str, Any]:
    """The fields as they travel: those that are sealed are one ciphertext a class."""
    schema = kind.model_json_schema(
        mode="serialization", ref_template=f"#/components/messages/{kind.NAME}/payload/$defs/{{model}}"
    )
    sealed = {name for names in kind.SEALED.values() for name in names}
    for name in sealed:
        schema["properties"].pop(name)
    if sealed:
        schema["required"] = [name for name in schema.get("required", ()) if name not in sealed]
        classes = {
            seal.value: {**_TEXT, "contentEncoding": "base64", "description": ", ".join(sorted(names))}
            for seal, names in kind.SEALED.items()
        }
        schema["properties"][SEALED] = {
            "type": "object",
            "description": "AES-256-GCM by the person's key of each class; what is in it, by class",
            "properties": classes,
            "required": sorted(classes),
            "additionalProperties": False,
        }
        schema["properties"][f"{SEALED}.of"] = {**_UUID, "description": "whose key"}
        schema["required"] += [SEALED, f"{SEALED}.of"]
    return schema


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "content-type": {"const": "application/json"},
            **{PREFIX + name: {**schema, "description": what} for name, (schema, what) in HEADERS.items()},
        },
        "required": [PREFIX + name for name in HEADERS if name not in OPTIONAL],
    }
