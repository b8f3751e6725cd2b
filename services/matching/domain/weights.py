"""The weights: what each part of a score counts, changed by events, with the reason for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import Field

from shared import ids
from shared.contracts.command import Command
from shared.contracts.event import Frozen
from shared.contracts.matching import Weight, WeightsChanged
from shared.contracts.values import Reason
from shared.errors import RefusedError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


def _bonus(points: int, why: str) -> int:
    found: int = Field(default=points, ge=0, le=10_000, description=why)
    return found


def _malus(points: int, why: str) -> int:
    found: int = Field(default=points, ge=-10_000, le=0, description=why)
    return found


class Weights(Frozen):
    """Points, each with its reason. Where nothing was set, these are the weights `default-2`."""

    pairing: int = _bonus(400, "A bond that was promised goes before everything else.")
    distance: int = _bonus(300, "For who lives next door; near is what the service is named after.")
    metres_a_point: int = Field(
        default=10, ge=1, le=10_000, description="So far for a point less: beyond 3 km all are equally far."
    )
    fairness_an_hour: int = _malus(-10, "An hour above the peers costs as much as 100 m: work is shared.")
    fairness_most: int = _bonus(100, "However far above or below: sharing doesn't send people across town.")
    load_an_hour: int = _malus(
        0, "Hours whatever the peers have; fairness has replaced it; old rankings need it."
    )
    load_most: int = _malus(-200, "However many hours.")
    offer: int = _malus(-60, "Who is being asked already may soon be taken.")
    skill_fit: int = _bonus(100, "For who has no other skill: the many-sided stay free.")
    scarcity_percent: int = _bonus(100, "Of the plans' price of this helper, or of a skill not needed here.")
    dialect: int = _bonus(80, "To be understood in one's own words is half of the help.")
    continuity: int = _bonus(40, "For each visit before: a known face at the door.")
    continuity_most: int = _bonus(160, "Four visits make an acquaintance; more don't crowd out the others.")
    poorly: int = _malus(-120, "For each time that it went badly with this cadre: not again if it can be.")
    waiting_an_hour: int = _malus(-2, "Sooner is better, a little: a day's wait weighs as much as 480 m.")
    waiting_most: int = _malus(-120, "However long: the deadline is a rule of its own.")
    reliability: int = _bonus(120, "For who always says yes; two yes of five are assumed of who is new.")
    drop_out: int = _malus(-80, "For a late drop-out or a no-show, half of it after each 30 days.")
    wish_again: int = _bonus(150, "The cadre asked for this helper again.")
    wish_rather_not: int = _malus(-250, "The cadre would rather have another; `never` is a rule, no points.")
    glad: int = _bonus(60, "What is done gladly is done well.")

    @property
    def told(self) -> tuple[Weight, ...]:
        """As an event tells them."""
        return tuple(Weight(name=name, value=getattr(self, name)) for name in type(self).model_fields)


NEUTRAL: Mapping[str, int] = {**dict.fromkeys(Weights.model_fields, 0), "metres_a_point": 10}
"""What a weight is where it wasn't known yet: its part counts nothing."""

PLAIN = Weights.model_validate(
    {
        **NEUTRAL,
        "pairing": 400,
        "distance": 300,
        "load_an_hour": -10,
        "load_most": -200,
        "offer": -60,
        "skill_fit": 100,
        "dialect": 80,
        "continuity": 40,
        "continuity_most": 160,
        "waiting_an_hour": -2,
        "waiting_most": -120,
    }
)
"""The first weights, before there were others."""

BUILT_IN: Mapping[str, Weights] = {"plain-1": PLAIN, "default-2": Weights()}
DEFAULT = "default-2"
"""What counts until somebody changes it."""
WEIGHTS_ID = ids.derive(datetime(2026, 1, 1, tzinfo=UTC), "weights")


def weights_of(told: Iterable[Weight]) -> Weights:
    """Of an event; a weight that it doesn't know counts nothing."""
    known = {one.name: one.value for one in told if one.name in Weights.model_fields}
    return Weights(**{**NEUTRAL, **known})


def version_of(number: int) -> str:
    """The name of the weights that the change with this number made."""
    return f"set-{number}"


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights that count, after so many changes."""

    number: int
    weights: Weights


class SetWeights(Command):
    """All weights, as they shall be from now on, and why."""

    weights: Weights
    why: Reason


class SameWeightsError(RefusedError):
    """These are the weights that count already. Nothing is changed."""

    zh = "当前权重已是如此，无需修改。"


def evolve(weighing: Weighing | None, event: WeightsChanged) -> Weighing:
    """The weights after this event."""
    del weighing
    return Weighing(event.number, weights_of(event.weights))


def decide(weighing: Weighing | None, command: SetWeights, _: Moment) -> Sequence[WeightsChanged]:
    """What follows from the command."""
    known = weighing or Weighing(0, BUILT_IN[DEFAULT])
    if known.weights == command.weights:
        raise SameWeightsError
    return [WeightsChanged(number=known.number + 1, weights=command.weights.told, why=command.why)]


def resource(_: Weighing) -> Resource:
    """The weights belong to the whole city."""
    return Resource()


WEIGHTS: Decider[Weighing] = Decider("weights", "weights", evolve, decide, resource, by_cadre=False)
