"""The page of settings: what each kind of process is told by its environment."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticUndefined

from deploy.reference.words import HEAD, said, table
from deploy.settings import KINDS, PREFIX, Keyed, Process, Service, Stored

COLUMNS = ["variable", "type", "default", "meaning"]
COMMON: dict[str, type[Process]] = {
    "Every process": Process,
    "Services and relay": Stored,
    "Services and gateway": Keyed,
    "Every service": Service,
}


def settings() -> str:
    """The page: what several kinds have in common once, then what each adds."""
    services = ", ".join(name for name, kind in KINDS.items() if issubclass(kind, Service))
    lines = [
        "# Settings\n",
        "What a process is told by its environment, `python -m deploy.processes KIND`, wherever it runs.",
        f"A kind is a service ({services}), `relay` or `gateway`.",
        "`./jiujin up` and `./jiujin up --kafka` need none: they set them themselves.",
        "A variable that is wrong or missing stops the start, with a line that names it.\n",
        "In `JIUJIN_DATABASE_URL` and `JIUJIN_DATABASE_PASSWORD_FILE` `{database}` stands for the service's",
        "name, or for `vault`, so that all processes can be told the same.",
        "Passwords are read from files, and no setting need hold one.\n",
    ]
    for title, kind in COMMON.items():
        lines += [f"## {title}\n", *table(COLUMNS, _rows(kind))]
    for name, kind in KINDS.items():
        rows = list(table(COLUMNS, _rows(kind)))
        lines += [f"## {name}\n", f"{said(kind)}\n", *(rows or ["Nothing besides.\n"])]
    return HEAD + "\n".join(lines)


def _rows(kind: type[Process]) -> Iterator[list[str]]:
    """What this class adds to those that it builds on."""
    before = {name for base in kind.__bases__ for name in getattr(base, "model_fields", ())}
    schemas = kind.model_json_schema()["properties"]
    for name, field in kind.model_fields.items():
        if name not in before:
            told = [_type(schemas[name]), _default(field.default), field.description or ""]
            yield [f"`{PREFIX}{name.upper()}`", *told]


def _type(schema: dict[str, Any]) -> str:
    """In words, from the JSON schema of a field; one that may be nothing is what it else is."""
    schema = {**schema, **schema.get("anyOf", [{}])[0]}
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if schema["type"] == "integer":
        return f"number, {schema['minimum']} to {schema['maximum']}"
    kinds = {"path": "path", "file-path": "file", "boolean": "`true` or `false`", "array": "words"}
    return kinds.get(schema.get("format", schema["type"]), "text")


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "must be given"
    if value in ("", None):
        return "none"
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{text.lower() if isinstance(value, bool) else text}`"
