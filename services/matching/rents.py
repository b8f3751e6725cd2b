"""What each helper's time was worth, by the plans."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from services.matching.engine.planning import DEAREST


@dataclass
class Rents:
    """Of each helper a price in points: of the last plan half, of the one before a quarter, and so on."""

    _plan: UUID | None = None
    _bits: int = 0
    _before: dict[UUID, int] = field(default_factory=dict)
    """The prices as the plans before this one have left them."""
    _now: defaultdict[UUID, dict[UUID, int]] = field(default_factory=lambda: defaultdict(dict))
    """By helper, what the time for each request costs in this plan."""
    _chosen: dict[UUID, UUID] = field(default_factory=dict)
    """By request, the helper."""

    def price(self, helper: UUID) -> int:
        """Of a helper, by the dearest of their hours; nothing while no plan has needed all of their time."""
        now = self._now[helper].values() if helper in self._now else ()
        return (self._before.get(helper, 0) + max(now, default=0)) // 2

    def begin(self, plan: UUID, bits: int) -> Collection[UUID]:
        """A plan, or a revision of it; gives the helpers whose prices a new one has changed.

        Its prices will be told in units of 2^-bits points.
        """
        self._bits = bits
        if plan == self._plan:
            return ()
        known = self._before.keys() | self._now.keys()
        self._before = {helper: price for helper in known if (price := self.price(helper))}
        self._plan = plan
        self._now.clear()
        self._chosen.clear()
        return known

    def note(self, request: UUID, helper: UUID, rent: int) -> Collection[UUID]:
        """What the time for a request costs, as last told; gives the helpers whose prices it may change."""
        before = self._chosen.get(request, helper)
        self._now[before].pop(request, None)
        self._chosen[request] = helper
        self._now[helper][request] = min(DEAREST, rent >> self._bits)
        return {before, helper}
