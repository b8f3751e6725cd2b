"""What every part of a journey has at hand: the desk, the people, the script, and short ways to use them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from deploy.client import AnswerError, Who
from deploy.demo.traffic.desk import Desk, Told
from deploy.demo.traffic.pace import Pace
from deploy.demo.traffic.people import Cadre, Town
from deploy.demo.traffic.story import Story

UNSEEN = frozenset({403, 404})
SOON = 15.0
"""Minutes after which somebody looks again."""


@dataclass(frozen=True)
class Scene:
    """One request's journey: for whom, by which script.

    `adopt` has somebody follow another request, by its id and its cadre's. `tries` counts how often each
    visit was tried again: the same visit, but another occasion. `moved` are those that were to be moved.
    """

    desk: Desk
    town: Town
    story: Story
    cadre: Cadre
    adopt: Callable[[str, str], None]
    tries: Counter[str] = field(default_factory=Counter)
    moved: set[str] = field(default_factory=set)

    @property
    def pace(self) -> Pace:
        """How time passes."""
        return self.desk.pace

    @property
    def operator(self) -> Who:
        """Who has the caller on the phone."""
        return self.town.operator(self.story.random("operator").randrange(3))

    @property
    def coordinator(self) -> Who:
        """Who matches where the cadre lives."""
        return self.town.coordinator(self.cadre.community)

    def moved_to(self, community: str | None) -> Self:
        """The same where the cadre lives now."""
        if community is None or UUID(community) == self.cadre.community:
            return self
        return replace(self, cadre=replace(self.cadre, community=UUID(community)))

    def took(self, branch: str) -> None:
        """Count a branch of the flow."""
        self.desk.ledger.took(branch)

    async def tell(
        self,
        who: Who,
        command: str,
        path: str,
        body: Any = None,
        *,
        step: str,
        file: tuple[bytes, str] | None = None,
    ) -> Told:
        """Give a command; `step` names it within this journey, so that giving it again is the same."""
        return await self.desk.tell(who, command, path, body, key=f"{self.story.number}-{step}", file=file)

    async def does(
        self, branch: str, who: Who, command: str, path: str, body: Any = None, *, step: str
    ) -> Told:
        """Give a command and count its branch, or that it was refused."""
        told = await self.tell(who, command, path, body, step=step)
        self.took(branch if told.done else f"{branch}: refused")
        return told

    async def sees(self, who: Who, path: str) -> Any:
        """What somebody sees; None when it isn't there yet, or theirs no more since the cadre has moved."""
        try:
            return await self.desk.look(who, path)
        except AnswerError as error:
            if error.status not in UNSEEN:
                raise
            return None

    def helper(self, helper: str) -> Who:
        """The account of a helper."""
        return self.town.helpers[UUID(helper)].account
