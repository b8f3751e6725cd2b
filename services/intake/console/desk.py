"""What the operator's pages share: how a command's answer becomes the next page, and what forms hold."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import ValidationError

from shared.console.pages import Pages
from shared.console.session import VisitContext
from shared.contracts.values import Slot
from shared.deadlines import SHANGHAI
from shared.errors import DomainError
from shared.http.problems import status_of

PAGES = Pages("intake")
PATH = "/intake"
MOST = 4000
"""As long as the longest text that a command takes."""
WAIT = 2.0
"""Seconds for which a page waits to show what was just written."""


def to(path: str, **query: str) -> str:
    """The path of a page."""
    asked = {name: value for name, value in query.items() if value}
    return f"{PATH}/{path}" + (f"?{urlencode(asked)}" if asked else "")


def fresh_key() -> str:
    """For one command, which takes effect once however often its form is sent."""
    return secrets.token_hex(16)


async def written(visit: VisitContext, answer: Response) -> UUID:
    """What a command was about, once lists show what it did."""
    told = orjson.loads(answer.body)
    await visit.running.reached(told["position"], WAIT)
    return UUID(told["id"])


async def fields_of(request: Request, *names: str) -> dict[str, str]:
    """What was typed into these fields; one that a form lacks isn't there."""
    form = await request.form()
    found = {name: form[name] for name in names if name in form}
    return {name: text.replace("\0", "")[:MOST] for name, text in found.items() if isinstance(text, str)}


class FaultError(Exception):
    """A field can't be taken as it is: which, and a word for why."""

    def __init__(self, **faults: str) -> None:
        """By field."""
        self.faults = faults
        super().__init__(*faults)


def number_of(text: str, field: str) -> str | None:
    """A telephone number in E.164; None for an empty one. FaultError."""
    if not text.strip():
        return None
    from shared.tables.explained import CellError  # noqa: PLC0415  an idle process is to be small
    from shared.tables.person_numbers import phone  # noqa: PLC0415  the same

    try:
        return phone(text, date.min)
    except CellError as error:
        raise FaultError(**{field: "phone"}) from error


def slot_of(fields: Mapping[str, str], minutes: int) -> Slot | None:
    """The time asked for, in Shanghai; without an end it lasts so many minutes. FaultError."""
    day, start, end = (fields.get(name, "") for name in ("day", "start", "end"))
    if not (day or start or end):
        return None
    try:
        begins = moment_of(f"{day}T{start}")
        ends = datetime.combine(begins, time.fromisoformat(end), SHANGHAI) if end else None
        return Slot(start=begins, end=ends or begins + timedelta(minutes=minutes))
    except ValueError as error:
        raise FaultError(day="slot") from error


def moment_of(text: str) -> datetime:
    """A time as a field gives it, in Shanghai; ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def refusal(visit: VisitContext, error: DomainError | ValidationError) -> tuple[int, str]:
    """The status and the words of a command that was not taken."""
    if isinstance(error, DomainError):
        return status_of(error), error.message(visit.language)
    inner = (one.get("ctx", {}).get("error") for one in error.errors(include_input=False))
    told = next((one for one in inner if isinstance(one, DomainError)), None)
    return 422, told.message(visit.language) if told else ""


def years(birth: Any, today: date) -> int | None:
    """How old somebody is."""
    if not birth:
        return None
    born = date.fromisoformat(birth)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
