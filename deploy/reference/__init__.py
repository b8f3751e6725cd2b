"""The reference pages, made from the contracts, so that they can't be wrong."""

import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from deploy.reference.asyncapi import asyncapi
from deploy.reference.openapi import openapi
from deploy.reference.settings import settings
from deploy.reference.topics import topics
from deploy.reference.weights import weights
from deploy.reference.words import HEAD, said, table
from deploy.services import SERVICES
from shared.access import TABLE
from shared.contracts.command import Command
from shared.contracts.event import Event, Seal, event_types
from shared.eventstore.decider import Decider
from shared.roles import Reach, Role


def pages() -> dict[str, str]:
    """Each page's text by its file name."""
    return {
        "events.md": _events(),
        "commands.md": _commands(),
        "states.md": _states(),
        "permissions.md": _permissions(),
        "settings.md": settings(),
        "topics.md": topics(),
        "weights.md": weights(),
        "asyncapi.json": asyncapi(),
        **{f"openapi/{name}.json": text for name, text in openapi().items()},
    }


def write(folder: Path) -> list[Path]:
    """Write the pages that differ; gives them."""
    changed = []
    for name, text in pages().items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed


def _events() -> str:
    lines = [
        "# Events\n",
        "Every event of every service.",
        "A sealed field is encrypted under its person's personal or medical key.\n",
    ]
    service = ""
    for kind in event_types():
        if not kind.__module__.startswith("shared.contracts."):
            continue
        owner = kind.NAME.split(".", maxsplit=1)[0]
        if owner != service:
            service = owner
            lines.append(f"## {owner}\n")
        lines.append(f"### {kind.NAME}, version {kind.VERSION}\n")
        lines.append(f"{said(kind)}\n")
        lines.extend(table(["field", "type", "sealed"], _event_rows(kind)))
    return HEAD + "\n".join(lines)


def _event_rows(kind: type[Event]) -> Iterator[list[str]]:
    seals = {field: seal for seal, fields in kind.SEALED.items() for field in fields}
    for name, info in kind.model_fields.items():
        seal: Seal | None = seals.get(name)
        yield [f"`{name}`", f"`{_type(info.annotation)}`", seal.value if seal else ""]


def _commands() -> str:
    lines = [
        "# Commands\n",
        "Each is the JSON body of a POST; who acts is in the token, never in the body.",
        "`happened` may be given when the thing took place before it is recorded.",
        "Commands without a role are decided by reactions and timers.\n",
    ]
    for service in SERVICES:
        lines.append(f"## {service.name}\n")
        for kind in _command_types(service.name):
            lines.append(f"### {kind.__name__}\n")
            lines.append(f"{said(kind)}\n")
            roles = TABLE.get(f"{service.name}.{kind.__name__}", {})
            may = ", ".join(f"{role.value} ({reach.value})" for role, reach in roles.items())
            lines.append(f"Who may: {may or 'the system'}.\n")
            rows = (
                [f"`{name}`", f"`{_type(info.annotation)}`", "" if info.is_required() else "optional"]
                for name, info in kind.model_fields.items()
                if name != "happened"
            )
            lines.extend(table(["field", "type", ""], rows))
    return HEAD + "\n".join(lines)


def _command_types(service: str) -> list[type[Command]]:
    found = {
        one
        for name, module in list(sys.modules.items())
        if name.startswith(f"services.{service}.")
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, Command) and one.__module__ == name
    }
    return sorted(found, key=lambda one: one.__name__)


def _states() -> str:
    lines = [
        "# States\n",
        "What each aggregate can be. Its state is folded from its stream; nothing else is kept.",
        "The APIs, the case file and the figures say it by these words.\n",
        "What is part of an aggregate: an offer of a match is `Open`, `Accepted`, `Declined`, `Expired` or",
        "`Revoked`; a booking of a helper is `Booked` or `Released`.\n",
    ]
    for service in SERVICES:
        lines.append(f"## {service.name}\n")
        for decider in _deciders(service.name):
            keyed = "the cadre" if decider.by_cadre else "itself"
            lines.append(f"### {decider.category}: {decider.what}\n")
            lines.append(f"Streams `{decider.category}-<id>`, keyed by {keyed}.\n")
            rows = ([f"`{state.__name__}`", said(state)] for state in _members(decider))
            lines.extend(table(["state", "meaning"], rows))
    return HEAD + "\n".join(lines)


def _permissions() -> str:
    lines = [
        "# Permissions\n",
        "The one table, role × command × reach, as `shared/access.py` has it. What isn't in it is denied.",
        "A name that begins with `read_` is a reading, every other one a command.\n",
        "`all` is the whole city; `community` the communities in the token; `own` what it is bound to:",
        "the cadre of a family, the helper, the unit of a liaison.\n",
    ]
    services = dict.fromkeys(action.partition(".")[0] for action in TABLE)
    for service in services:
        lines.append(f"## {service}\n")
        rows = (
            [f"`{action.partition('.')[2]}`", *_reaches(may)]
            for action, may in TABLE.items()
            if action.partition(".")[0] == service
        )
        lines.extend(table(["command or reading", *(reach.value for reach in Reach)], rows))
    return HEAD + "\n".join(lines)


def _reaches(may: Mapping[Role, Reach]) -> Iterator[str]:
    """The roles in each column."""
    for reach in Reach:
        roles = [role.value for role, its in may.items() if its is reach]
        yield "every role" if len(roles) == len(Role) else ", ".join(roles)


def _deciders(service: str) -> list[Decider[Any]]:
    found = {
        one.category: one
        for name, module in list(sys.modules.items())
        if name.startswith(f"services.{service}.domain")
        for one in vars(module).values()
        if isinstance(one, Decider)
    }
    return [found[category] for category in sorted(found)]


def _members(decider: Decider[Any]) -> list[type]:
    state = typing.get_type_hints(decider.evolve)["return"]
    return list(get_args(state)) if get_origin(state) in (Union, UnionType) else [state]


def _type(annotation: Any) -> str:
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join("nothing" if one is type(None) else _type(one) for one in get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of {_type(get_args(annotation)[0])}"
    if get_origin(annotation) is typing.Annotated:
        return _type(get_args(annotation)[0])
    return getattr(annotation, "__name__", str(annotation))
