"""How simulated people speak with the system: commands with the story's keys, answers kept in the ledger."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson

from deploy.client import ERRORS, Client, Who, problem_of
from deploy.demo.traffic.ledger import Ledger
from deploy.demo.traffic.pace import Pace


@dataclass(frozen=True, slots=True)
class Told:
    """An answer to a command: done or refused, and with what."""

    status: int
    body: Any

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.status < ERRORS

    @property
    def id(self) -> str:
        """The id of what it was about."""
        return str(self.body["id"])

    @property
    def code(self) -> str:
        """The refusal's name, such as `LikelyDuplicate`."""
        return "" if self.done else str(self.body.get("type", "")).rsplit(":", maxsplit=1)[-1]


@dataclass
class Desk:
    """One desk for everybody: `concurrency` requests at a time; `run` makes the keys of this run its own."""

    client: Client
    pace: Pace
    run: str
    concurrency: int = 8
    ledger: Ledger = field(default_factory=Ledger)
    calls: int = 0
    _gate: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Open the gate for so many."""
        self._gate = asyncio.Semaphore(self.concurrency)

    async def tell(
        self,
        who: Who,
        command: str,
        path: str,
        body: Any = None,
        *,
        key: str,
        file: tuple[bytes, str] | None = None,
    ) -> Told:
        """Give a command, `service.Name`, at a path below the service's; the same key is the same command."""
        service = command.split(".", maxsplit=1)[0]
        full = f"{self.run}-{key}"
        async with self._gate:
            self.calls += 1
            answer = await self.client.send(
                who,
                "POST",
                f"/{service}/api/v1{path}",
                body=None if file else body or {},
                file=file,
                key=full,
            )
        found = _parsed(answer.content)
        self.ledger.enter(service, command, who.sub, full, answer.status_code, found)
        if answer.status_code >= 500:  # noqa: PLR2004  never good
            self.ledger.strange.append(f"{command} {full}: {answer.status_code} {problem_of(answer)}")
        return Told(answer.status_code, found)

    async def look(self, who: Who, path: str, **query: Any) -> Any:
        """Read what must be there."""
        async with self._gate:
            self.calls += 1
            return await self.client.read(who, path, **query)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
