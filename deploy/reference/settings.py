"""The page of settings: what each kind of process is told by its environment."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticUndefined

from deploy.reference.words import HEAD, said, table
from deploy.settings import KINDS, PREFIX, Process


def settings() -> str:
    """The page: what all have in common, then what each kind has besides."""
    lines = [
        "# Settings\n",
        "What a process is told by its environment, `python -m deploy.processes KIND`, wherever it runs.",
        "`./jiujin up` and `./jiujin up --kafka` need none: they set them themselves.",
        "A variable that is wrong or missing stops the start, with a line that names it.\n",
        "In `JIUJIN_DATABASE_URL` and `JIUJIN_DATABASE_PASSWORD_FILE` `{database}` stands for the service's",
        "name, or for `vault`, so that all processes can be told the same.",
        "Passwords are read from files, and no setting holds one.\n",
    ]
    shared = set.intersection(*(set(kind.model_fields) for kind in KINDS.values()))
    lines += ["## Every process\n", *table(["variable", "default", "meaning"], _rows(Process, shared))]
    for name, kind in KINDS.items():
        own = set(kind.model_fields) - shared
        lines += [
            f"## {name}\n",
            f"{said(kind)}\n",
            *table(["variable", "default", "meaning"], _rows(kind, own)),
        ]
    return HEAD + "\n".join(lines)


def _rows(kind: type[Process], names: set[str]) -> Iterator[list[str]]:
    for name, field in kind.model_fields.items():
        if name in names:
            yield [f"`{PREFIX}{name.upper()}`", _default(field.default), field.description or ""]


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "must be given"
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if value not in ("", None) else "none"
