"""What each helper's time was worth, by the plans."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from services.matching.engine.planning import DEAREST


@dataclass
class Rents:
    """Of each helper a price in points: of the last plan half, of the one before a quarter, and so on."""

    _plan: UUID | None = None
    _bits: int | None = None
    _before: dict[UUID, int] = field(default_factory=dict)
    """The prices as the plans before this one have left them."""
    _now: dict[UUID, int] = field(default_factory=dict)
    """What the time of those whom this plan has chosen costs there."""

    def price(self, helper: UUID) -> int:
        """Of a helper; nothing while no plan has needed all of their time."""
        return (self._before.get(helper, 0) + self._now.get(helper, 0)) // 2

    def begin(self, plan: UUID, bits: int | None) -> Collection[UUID]:
        """A plan, or a revision of it; gives the helpers whose prices a new one has changed.

        Its prices will be told in units of 2^-bits points; None where that isn't known.
        """
        self._bits = bits
        if plan == self._plan:
            return ()
        known = self._before.keys() | self._now.keys()
        self._before = {helper: price for helper in known if (price := self.price(helper))}
        self._plan, self._now = plan, {}
        return known

    def note(self, helper: UUID, rent: int) -> None:
        """What the time for a pair costs; the dearest of a helper's hours counts, and of all revisions."""
        if self._bits is not None:
            points = min(DEAREST, rent >> self._bits)
            self._now[helper] = max(points, self._now.get(helper, 0))
