"""Events of the weights: what each part of a score counts."""

from shared.contracts.event import Event, Frozen


class Weight(Frozen):
    """One weight, in points or as its name says."""

    name: str
    value: int


class WeightsChanged(Event, name="matching.WeightsChanged"):
    """All weights, as they are from now on; `number` counts the changes from 1."""

    number: int
    weights: tuple[Weight, ...]
    why: str
