"""A model of how helpers answer, and what a cascade makes of it: Monte Carlo, all requests side by side.

Alerting volunteers in phases and replacing who refuses was compared in the same way, with delays drawn from
29,307 real alerts, by van den Berg et al., Simulation of phased alerting of community first responders for
cardiac arrest, PLOS One 2026, doi:10.1371/journal.pone.0343762. Our delays are assumed, not measured.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from shared.cascades import Cascade

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Answering:
    """How helpers answer.

    A share `never` of them doesn't. The others answer after a time that is log-normal, its median in waking
    minutes and `sigma` the standard deviation of its logarithm, and say yes with a probability that is drawn
    for each request from a Beta distribution with the mean `accept`: Beta(accept * alike, (1 - accept) *
    alike). It is drawn by request, since a helper is asked but once for it, and then only the mean would
    tell; helpers asked for one request share its hour, place and kind, so that some requests are refused by
    many. The greater `alike`, the more requests are alike.
    """

    accept: float = 0.4
    median: float = 3.0
    sigma: float = 1.0
    never: float = 0.1
    alike: float = 10.0

    def with_accept(self, accept: float) -> Self:
        """Helpers who say yes more or less often."""
        return replace(self, accept=accept)

    def slower(self, times: float) -> Self:
        """Helpers who take so many times as long."""
        return replace(self, median=self.median * times)


class Drawn(NamedTuple):
    """What each helper who may be asked would do, a row a request, a column a helper by rank.

    `after` in waking minutes from the offer to the answer, infinite without one; `yes` what it would be.
    """

    after: Floats
    yes: Bools


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of all requests.

    `p50` and `p90` are waking minutes from the first offer to the first yes, infinite when it comes for
    fewer requests. `offers`: made by request. `in_time`: the share with a yes within the deadline. `nobody`:
    the share without any, for a coordinator. `in_vain`: helpers by request whose offer was open when another
    was first, and who would have said yes within their patience. They are told that it is taken, so this is
    the most that can be disappointed.
    """

    p50: float
    p90: float
    offers: float
    in_time: float
    nobody: float
    in_vain: float


def draw(answering: Answering, requests: int, helpers: int, seed: int) -> Drawn:
    """The same answers from the same seed; cascades are compared on the same ones."""
    random, shape = np.random.default_rng(seed), (requests, helpers)
    for_yes, for_no = answering.accept * answering.alike, (1 - answering.accept) * answering.alike
    willing = random.beta(for_yes, for_no, (requests, 1))
    yes = random.random(shape) < willing
    after = answering.median * np.exp(answering.sigma * random.standard_normal(shape))
    after[random.random(shape) < answering.never] = np.inf
    return Drawn(after, yes)


def simulate(cascade: Cascade, drawn: Drawn, deadline: timedelta) -> Outcome:
    """Ask by this cascade; quiet hours play no part, since all is waking time.

    `drawn` has a column at least for each of the most offers, else ValueError.
    """
    if drawn.after.shape[1] < cascade.most:
        raise ValueError("there must be as many helpers as offers may be made")
    after, yes = drawn.after[:, : cascade.most], drawn.yes[:, : cascade.most]
    patience = cascade.patience / MINUTE
    takes = yes & (after <= patience)
    asked, first = _ask(cascade, np.minimum(after, patience), takes)
    was_asked = np.isfinite(asked)
    in_vain = was_asked & takes & (asked + after > first[:, np.newaxis])
    p50, p90 = np.quantile(first, (0.5, 0.9), method="inverted_cdf")
    return Outcome(
        p50=float(p50),
        p90=float(p90),
        offers=float(was_asked.sum(axis=1).mean()),
        in_time=float((first <= deadline / MINUTE).mean()),
        nobody=float(np.isinf(first).mean()),
        in_vain=float(in_vain.sum(axis=1).mean()),
    )


def _ask(cascade: Cascade, lasts: Floats, takes: Bools) -> tuple[Floats, Floats]:
    """When each was asked and when the first yes came, minutes or infinite.

    An offer is made by a wave, or in the place of one that ended without a yes: whichever is due first.
    """
    gap = cascade.gap / MINUTE
    asked, first = np.full(lasts.shape, np.inf), np.full(len(lasts), np.inf)
    rows, by_waves = np.arange(len(lasts)), np.zeros(len(lasts), np.int64)
    ended = np.full(lasts.shape, np.inf)
    for place in range(cascade.most):
        wave = np.where(by_waves < cascade.at_once, by_waves // cascade.wave * gap, np.inf)
        soonest = ended[:, : place + 1].argmin(axis=1)
        free = ended[np.arange(len(rows)), soonest]
        at = np.minimum(wave, free)
        goes_on = at < first[rows]
        if not goes_on.all():
            rows, by_waves, ended = rows[goes_on], by_waves[goes_on], ended[goes_on]
            at, wave, free, soonest = at[goes_on], wave[goes_on], free[goes_on], soonest[goes_on]
        by_wave = wave <= free
        by_waves += by_wave
        replaced = np.flatnonzero(~by_wave)
        ended[replaced, soonest[replaced]] = np.inf
        asked[rows, place] = at
        end, taken = at + lasts[rows, place], takes[rows, place]
        first[rows] = np.where(taken, np.minimum(first[rows], end), first[rows])
        ended[:, place] = np.where(taken, np.inf, end)
    return asked, first
