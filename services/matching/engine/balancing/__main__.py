"""`python -m services.matching.engine.balancing`: a question on the input, the proposal on the output.

A process of its own, so that nobody waits for it who has other things to do, and it can be ended.
"""

import sys

from services.matching.engine.balancing import propose
from services.matching.engine.balancing.packing import asked, written


def main() -> None:
    """Read, solve, write: JSON."""
    sys.stdout.buffer.write(written(propose(*asked(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    main()
