"""`python -m services.matching.engine.deciding`: a problem on standard input, its solution on the output.

A process of its own, so that nobody waits for it who has other things to do, and it can be ended.
"""

import io
import sys

import numpy as np

from services.matching.engine.deciding import Problem, solve


def main() -> None:
    """Read, solve, write: arrays by name, as numpy stores them."""
    with np.load(io.BytesIO(sys.stdin.buffer.read())) as told:
        columns = {name: told[name] for name in told.files}
    visits, dearest = int(columns.pop("visits")), int(columns.pop("dearest"))
    solution = solve(Problem(visits=visits, dearest=dearest, **columns))
    np.savez(sys.stdout.buffer, **vars(solution))


if __name__ == "__main__":
    main()
