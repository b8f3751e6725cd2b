"""Python's garbage collector in a process that serves."""

import gc

ALLOCATIONS = 50_000
"""New containers until the youngest are looked through; Python's own 700 suit a small program."""


def spare_what_is_loaded() -> None:
    """Leave what is loaded by now out of every later collection, and collect less often.

    Nearly all that a request makes is freed without the collector; looking through the rest of the process
    for it costs a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 20)
