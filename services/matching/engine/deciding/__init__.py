"""Many visits decided together: an exact assignment, and the prices that prove it."""

from services.matching.engine.deciding.greedy import greedy
from services.matching.engine.deciding.matrix import Matrix
from services.matching.engine.deciding.problem import Asked, Block, Problem, ProblemError, Solution
from services.matching.engine.deciding.proof import faults, gap, overlooked
from services.matching.engine.deciding.solving import choose, solve

__all__ = [
    "Asked",
    "Block",
    "Matrix",
    "Problem",
    "ProblemError",
    "Solution",
    "choose",
    "faults",
    "gap",
    "greedy",
    "overlooked",
    "solve",
]
