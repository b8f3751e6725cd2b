"""Rounds, medians and verdicts: contenders alternate within one run, so that noise meets them alike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

Round = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Scale:
    """How much a run does: `quick` only shows that it works, its figures mean nothing."""

    quick: bool

    @property
    def rounds(self) -> int:
        """Rounds of each contender."""
        return 2 if self.quick else 7

    def pick(self, full: int, quick: int) -> int:
        """The size of a round."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Series:
    """What one contender reached, a figure a round."""

    figures: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.figures)

    @property
    def spread(self) -> str:
        """The worst and the best round."""
        return f"{_short(min(self.figures))}…{_short(max(self.figures))}"


@dataclass(frozen=True)
class Target:
    """What a ratio, ours to the other's, has to reach; `kind` says from which side, `within` is 1 ± limit."""

    kind: Literal["at least", "at most", "within", "shown"]
    limit: float = 0.0

    def met(self, ratio: float) -> bool:
        """Whether the ratio is good enough."""
        match self.kind:
            case "at least":
                return ratio >= self.limit
            case "at most":
                return ratio <= self.limit
            case "within":
                return abs(ratio - 1) <= self.limit
        return True

    def __str__(self) -> str:
        """As the table has it."""
        match self.kind:
            case "at least":
                return f"≥ {self.limit:g} ×"
            case "at most":
                return f"≤ {self.limit:g} ×"
            case "within":
                return f"1 ± {self.limit:.0%}"
        return "shown only"


SHOWN = Target("shown")


@dataclass(frozen=True)
class Line:
    """One line of the table. `ratio` is the median of the rounds' own ratios, ours to the other's."""

    what: str
    ours: Series
    peer: str
    theirs: Series
    unit: str
    target: Target
    note: str = ""
    sound: bool = True

    @property
    def ratios(self) -> Series:
        """Ours to the other's, round by round: neighbours in time."""
        pairs = zip(self.ours.figures, self.theirs.figures, strict=True)
        return Series(tuple(ours / theirs for ours, theirs in pairs))

    @property
    def verdict(self) -> str:
        """Met or not; a run that was not sound (events missed, results that differ) has met nothing."""
        if not self.sound:
            return "**unsound**"
        if self.target is SHOWN:
            return "–"
        return "met" if self.target.met(self.ratios.median) else "**not met**"

    @property
    def cells(self) -> Sequence[str]:
        """The line's texts: what, ours, peer, theirs, ratio, target, verdict."""
        return (
            self.what,
            f"{_short(self.ours.median)} {self.unit} ({self.ours.spread})",
            self.peer,
            f"{_short(self.theirs.median)} {self.unit} ({self.theirs.spread})",
            f"{_short(self.ratios.median)} ({self.ratios.spread})",
            str(self.target),
            self.verdict,
        )

    def as_json(self) -> dict[str, Any]:
        """All figures."""
        return asdict(self) | {"ratio": self.ratios.median, "verdict": self.verdict.strip("*")}


HEADINGS = ("what", "ours (worst…best)", "against", "theirs (worst…best)", "ratio", "must reach", "")


async def alternate(rounds: int, contenders: Mapping[str, Round]) -> dict[str, Series]:
    """Run the contenders in turn, A B A B …, after one round of each to warm up that does not count."""
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    for round_number in range(rounds + 1):
        for name, run in contenders.items():
            figure = await run()
            if round_number:
                figures[name].append(figure)
    return {name: Series(tuple(taken)) for name, taken in figures.items()}


def _short(figure: float) -> str:
    """Three significant digits."""
    if abs(figure) >= 1000:  # noqa: PLR2004  thousands get a separator
        return f"{figure:,.0f}"
    return f"{figure:.3g}"
