"""What a form of these pages sends: its fields, the command in them, and where what was written stands."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

import orjson
from fastapi import Request, Response
from pydantic import ValidationError

from shared.console.session import VisitContext
from shared.contracts.command import Command
from shared.errors import InvalidError
from shared.http.call import CallContext

C = TypeVar("C", bound=Command)


class IncompleteError(InvalidError):
    """Something is missing or too long: {field}. Fill it in, then send again."""

    zh = "{field} 未填或过长。请填写后再提交。"


class Sent(NamedTuple):
    """A form as it was sent: fields that say something, those that come several times, and the call."""

    fields: Mapping[str, str]
    several: Mapping[str, list[str]]
    call: CallContext


async def sent(request: Request, visit: VisitContext) -> Sent:
    """The form of this request; its key makes the command one, its version that what was looked at."""
    form = await request.form()
    several: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and value:
            several.setdefault(name, []).append(value)
    fields = {name: values[-1] for name, values in several.items()}
    version = fields.get("version", "")
    wanted = int(version) if version.isdecimal() and len(version) < len("1000000000") else None
    return Sent(fields, several, visit.call(fields.get("key", ""), wanted))


def command(kind: type[C], fields: Mapping[str, Any]) -> C:
    """The command in these fields; IncompleteError."""
    try:
        return kind.model_validate({name: fields[name] for name in kind.model_fields if name in fields})
    except ValidationError as error:
        missing = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise IncompleteError(field=missing) from error


def told(answer: Response) -> dict[str, Any]:
    """What a command was answered with."""
    found: dict[str, Any] = orjson.loads(bytes(answer.body))
    return found


def new_key() -> str:
    """For a form that isn't sent yet."""
    return uuid4().hex
