"""Many visits decided together: an exact assignment, and the prices that prove it."""

from services.matching.engine.deciding.greedy import greedy
from services.matching.engine.deciding.problem import Problem, ProblemError, Solution
from services.matching.engine.deciding.proof import faults, gap
from services.matching.engine.deciding.solving import solve

__all__ = ["Problem", "ProblemError", "Solution", "faults", "gap", "greedy", "solve"]
