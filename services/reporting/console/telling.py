"""How values of the case file and of events are said to people."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.reporting.console.desk import exact
from services.reporting.wording import title
from shared.actors import named
from shared.console.texts import day, money

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PART = re.compile(r"[^.\[\]]+")
AMOUNTS = frozenset({"amount", "visit_price", "half_day_price", "week_price"})


@dataclass(frozen=True, slots=True)
class Telling:
    """In a language; `names` are the services', `touched` the paths of what changed."""

    language: str
    names: Mapping[str, str]
    touched: Collection[str] = field(default_factory=frozenset)

    def said(self, name: str, value: Any) -> str:
        """A plain value of a field: times in Shanghai, amounts in yuan, the end of an id; else itself."""
        if isinstance(value, bool):
            return str(value).lower()
        if name in AMOUNTS and isinstance(value, int):
            return money(value, self.language)
        if not isinstance(value, str):
            return str(value)
        if self.is_id(value):
            return f"…{value[-8:]}"
        if name in {"service", "services"}:
            return self.names.get(value, value)
        if name == "type":
            return self.what(value)
        return self._time(value)

    def _time(self, text: str) -> str:
        """A time or a day as people write it; any other text as it is."""
        if len(text) < len("2026-01-01") or not text[:4].isdigit() or text[4] != "-":
            return text
        try:
            if "T" in text:
                return exact(datetime.fromisoformat(text), self.language)
            return day(date.fromisoformat(text), self.language)
        except ValueError:
            return text

    def is_id(self, name: str) -> bool:
        """Whether this is an id."""
        return _ID.fullmatch(name) is not None

    def parts(self, path: str) -> list[str]:
        """The names in the path of a difference; places in a list are counted from 1."""
        return [str(int(one) + 1) if one.isdigit() else one for one in _PART.findall(path)]

    def what(self, kind: str) -> str:
        """What an event of this type says."""
        return title(kind, self.language)

    def by(self, actor: str, role: str) -> str:
        """Who acted."""
        return named(actor, role, self.language)
