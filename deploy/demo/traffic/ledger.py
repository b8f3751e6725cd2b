"""What the simulated people were told: every answer to a command, to be held against the store at the end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """An acknowledged command. `position` is `stream@version`, empty when nothing was to be written."""

    service: str
    command: str
    sub: str
    key: str
    status: int
    position: str


@dataclass
class Ledger:
    """Acknowledged commands, refused ones, and how often each branch of the flow was taken."""

    acknowledged: list[Entry] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)
    branches: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    standing: dict[str, UUID] = field(default_factory=dict)
    """Requests that nobody follows any more although they aren't over, and their cadres."""

    def enter(self, service: str, command: str, sub: str, key: str, status: int, answer: Any) -> None:
        """Write an answer down; a problem's code is counted."""
        position = answer.get("position", "") if isinstance(answer, dict) else ""
        entry = Entry(service, command, sub, key, status, position)
        if status < 400:  # noqa: PLR2004  the border between done and refused
            self.acknowledged.append(entry)
            # A refused command isn't remembered: the same again, under the same key, may be done.
            self.refused = [one for one in self.refused if (one.sub, one.key) != (sub, key)]
            return
        self.refused.append(entry)
        kind = str(answer.get("type", status)) if isinstance(answer, dict) else str(status)
        self.refusals[f"{command}: {kind.rsplit(':', maxsplit=1)[-1]}"] += 1

    def took(self, branch: str) -> None:
        """A branch of the flow was taken."""
        self.branches[branch] += 1
