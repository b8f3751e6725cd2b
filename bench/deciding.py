"""Many visits decided at once, beside SciPy's two assignments, OR-Tools' flow and the cheapest edge first.

Peers are given all edges, laid out as each likes best before the clock starts; none of them gives prices.
Ours starts from the matrix and ends with the proof: prices, looked at independently with every edge.
Where a matrix no longer fits, a process of its own decides, and its memory is measured.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.ground import Ground
from bench.measure import SHOWN, Line, Round, Scale, Series, Target, alternate
from bench.visits import Visits
from services.matching.engine.deciding import (
    Matrix,
    Problem,
    Solution,
    choose,
    gap,
    greedy,
    overlooked,
    solve,
)
from services.matching.engine.deciding.problem import FAR, Whole

AT_MOST = Target("at most", 1.5)
SECONDS, MEGABYTES = 8.0, 2_048.0
FEW = 30
"""Edges a visit that others make do with."""


@dataclass
class Laid:
    """One city's costs as each contender wants them."""

    city: Visits
    costs: Whole

    def __post_init__(self) -> None:
        """Every pair that may be, sorted; a visit may have nobody."""
        visits = self.city.visits
        visit, half = np.nonzero(self.costs < FAR)
        columns = self.city.room, self.city.week, self.city.week_room
        edges = visit, half, self.costs[visit, half]
        self.problem = Problem(visits, *edges, *columns, dearest=self.city.dearest)
        self.dense = np.minimum(self.costs, self.problem.nobody).astype(np.float64)
        some = self.problem.cost + 1.0, (visit, half)  # SciPy takes a zero for no edge at all
        alone = np.full(visits, self.problem.nobody + 1.0), (np.arange(visits), np.arange(visits))
        self.sparse = csr_array(hstack([csr_array(some, self.costs.shape), csr_array(alone)]))
        self.flow = _flow(self.problem)

    def ours(self) -> tuple[Problem, Solution, tuple[str, ...]]:
        """From the matrix to the proof."""
        city = self.city
        matrix = Matrix(self.costs, city.dearest, city.room, city.week, city.week_room)
        some, solution = choose(matrix)
        return some, solution, tuple(overlooked(matrix, some, solution))

    def scipy_dense(self) -> int:
        """The cost; nobody is a pair that costs as much."""
        rows, columns = linear_sum_assignment(self.dense)
        return int(self.dense[rows, columns].astype(np.int64).sum())

    def scipy_sparse(self) -> int:
        """The cost."""
        rows, columns = min_weight_full_bipartite_matching(self.sparse)
        return int((self.sparse[rows, columns] - 1.0).astype(np.int64).sum())

    def few(self) -> Solution:
        """The best of each visit's cheapest edges alone."""
        problem = self.problem
        order = np.lexsort((problem.cost, problem.visit))
        first = np.searchsorted(problem.visit, np.arange(problem.visits))
        kept = np.sort(order[np.arange(len(order)) - first[problem.visit[order]] < FEW])
        edges = problem.visit[kept], problem.half[kept], problem.cost[kept]
        columns = problem.room, problem.week, problem.week_room
        return solve(Problem(problem.visits, *edges, *columns, dearest=problem.dearest))


def _flow(problem: Problem) -> Callable[[], int]:
    """OR-Tools' minimum cost flow: visit → helper → sink, and visit → sink for nobody."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  large, and only needed here

    flow = min_cost_flow.SimpleMinCostFlow()
    visits, helpers = problem.visits, len(problem.room)
    sink = visits + helpers
    heads = np.concatenate([visits + problem.half, np.full(helpers + visits, sink)])
    tails = np.concatenate([problem.visit, visits + np.arange(helpers), np.arange(visits)])
    costs = np.concatenate([problem.cost, np.zeros(helpers, np.int64), np.full(visits, problem.nobody)])
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(len(tails), np.int64), costs)
    flow.set_nodes_supplies(np.arange(visits), np.ones(visits, np.int64))
    flow.set_node_supply(sink, -visits)

    def cost() -> int:
        # to read a cost where there is no best flow would end the process
        return int(flow.optimal_cost()) if flow.solve() == flow.OPTIMAL else -1

    return cost


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _timed(work: Callable[[], object]) -> Round:
    async def milliseconds() -> float:
        return _seconds(work) * 1000

    return milliseconds


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """All in memory."""
    lines = []
    for visits, helpers, apart in ((1_000, 5_000, 0.1), (2_000, 2_500, 0.1), (2_000, 2_500, 0.3)):
        small = scale.pick(1, 20)
        lines += await _compared(Visits(visits // small, helpers // small, apart=apart), apart, scale)
    return [*lines, *_large(scale.pick(10_000, 500), scale.pick(50_000, 2_500), scale)]


async def _compared(city: Visits, apart: float, scale: Scale) -> list[Line]:
    laid = Laid(city, city.matrix())
    some, best, faults = laid.ours()
    cost = best.cost(some)
    sound = not faults and cost == laid.scipy_dense() == laid.scipy_sparse() == laid.flow()
    first = greedy(laid.problem)
    works = {
        "ours": laid.ours,
        "SciPy's linear_sum_assignment": laid.scipy_dense,
        "SciPy's min_weight_full_bipartite_matching": laid.scipy_sparse,
        "OR-Tools' SimpleMinCostFlow": laid.flow,
    }
    taken = await alternate(scale.rounds, {name: _timed(work) for name, work in works.items()})
    ours, *peers = taken.values()
    fastest = Series(tuple(min(figures) for figures in zip(*(one.figures for one in peers), strict=True)))
    what = f"{city.visits:,} visits × {len(city.room):,} helpers, {apart:.0%} apart, decided and proven"
    dearer = _each(laid.problem, first) / _each(some, best)
    note = (
        f"Of {len(laid.problem.cost):,} pairs {len(some.cost):,} were laid out; the gap to the best of all "
        f"is {gap(some, best)}, {_nobody(best)}. The cheapest pair first: {_nobody(first)}, the others cost "
        f"{dearer:.2f} × as much each. The best of {FEW} pairs a visit: {_nobody(laid.few())}."
    )
    lines = [Line(what, ours, "the fastest of all edges", fastest, "ms", AT_MOST, note, sound=sound)]
    return lines + [Line(what, ours, name, taken[name], "ms", SHOWN) for name in works if name != "ours"]


def _nobody(solution: Solution) -> str:
    return f"{int((solution.edge < 0).sum()):,} visits have nobody"


def _each(problem: Problem, solution: Solution) -> float:
    """The cost of a visit that has somebody, on average."""
    return float(problem.cost[solution.edge[solution.edge >= 0]].mean())


def _large(visits: int, helpers: int, scale: Scale) -> list[Line]:
    """Each round is a process: what it takes, it takes for this alone."""
    figures = []
    for _ in range(scale.pick(3, 1)):
        command = [sys.executable, "-m", "bench.deciding", str(visits), str(helpers)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  this file
        figures.append(json.loads(output))
    what = f"{visits:,} visits × {helpers:,} helpers, decided and proven"
    last, sound = figures[-1], not any(one["faults"] for one in figures)
    note = (
        f"Of {last['all']:,} pairs {last['laid out']:,} were laid out; the gap to the best of all is "
        f"{last['gap']}, {last['nobody']}. It was found in {last['found']:.1f} s, the rest is its proof; "
        f"{last['processor']:.1f} s of processor time."
    )
    limited = (("seconds", "s", SECONDS, note), ("megabytes", "MB", MEGABYTES, ""))
    target = Target("at most", 1.0)
    lines = []
    for name, unit, limit, told in limited:
        taken = Series(tuple(one[name] for one in figures))
        limits = Series((limit,) * len(figures))
        lines.append(Line(f"{what}: {name}", taken, "the limit", limits, unit, target, told, sound))
    return lines


def _peak() -> float:
    """Megabytes at the most; what `getrusage` says begins with what the parent had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise RuntimeError("the kernel doesn't say how much memory was used")
    return int(found[1]) / 1024


def main(visits: int, helpers: int) -> None:
    """Decide once; all figures as JSON."""
    city = Visits(visits, helpers)
    began, worked = time.perf_counter(), time.process_time()
    some, solution = choose(city)
    found = time.perf_counter() - began
    faults = list(overlooked(city, some, solution))
    seconds = time.perf_counter() - began
    figures = {
        "seconds": seconds,
        "found": found,
        "processor": time.process_time() - worked,
        "megabytes": _peak(),
        "all": sum(block.costs.size for block in city.blocks(np.arange(visits))),
        "laid out": len(some.cost),
        "gap": gap(some, solution),
        "nobody": _nobody(solution),
        "faults": faults,
    }
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
