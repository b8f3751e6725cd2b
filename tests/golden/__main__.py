"""Writes the examples that are missing."""

import asyncio
import sys

from tests.golden import write_missing

for path in asyncio.run(write_missing()):
    sys.stdout.write(f"{path.name}\n")
