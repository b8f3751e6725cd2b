"""`python -m bench [name …] [--json] [--quick] [--write FILE]`: measures ours against ceilings and peers."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import orjson
import structlog
import uvloop
from rich.console import Console
from rich.table import Table

from bench.ground import standing
from bench.measure import HEADINGS, Line, Scale
from bench.report import Machine, Measured, write
from deploy.collector import spare_what_is_loaded

MEASURES = (
    "append",
    "batch",
    "eventsourcing_peer",
    "rebuild",
    "ranked",
    "engine",
    "events",
    "cascade",
    "balancing",
    "deciding",
    "laying",
    "online",
    "searching",
    "pages",
    "replay",
    "boards",
    "kafka",
    "processes",
)


TERMINATED = 128 + signal.SIGTERM


async def run(names: Sequence[str], scale: Scale) -> tuple[Machine, Measured]:
    """All lines of these measures, one measure after the other on one PostgreSQL."""
    measured: dict[str, Sequence[Line]] = {}
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with standing() as ground:
        spare_what_is_loaded()
        machine = Machine.here(await ground.version())
        for name in names:
            sys.stderr.write(f"measuring {name} …\n")
            measured[name] = await import_module(f"bench.{name}").measure(ground, scale)
    return machine, measured


def show(machine: Machine, lines: Sequence[Line]) -> None:
    """The table on the terminal."""
    table = Table(*HEADINGS, title=machine.text, show_lines=True)
    for line in lines:
        table.add_row(*line.cells)
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table)
    for line in lines:
        if line.note:
            console.print(f"{line.what}: {line.note}", markup=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measures; 1 when a target was missed (never in a quick run)."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures against ceilings and peers.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which of {', '.join(MEASURES)}; else all")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--quick", action="store_true", help="only show that it works: figures mean nothing")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="fill the table between the file's markers"
    )
    options = parser.parse_args(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is for figures
    unknown = set(options.names) - set(MEASURES)
    if unknown:
        parser.error(f"no measure {', '.join(sorted(unknown))}: choose from {', '.join(MEASURES)}")
    try:
        machine, measured = uvloop.run(run(options.names or MEASURES, Scale(options.quick)))
    except asyncio.CancelledError:
        return TERMINATED
    lines = [line for found in measured.values() for line in found]
    if options.json:
        figures = {"machine": machine, "lines": [line.as_json() for line in lines]}
        sys.stdout.write(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        show(machine, lines)
    if options.write:
        write(options.write, machine, measured)
    missed = any(line.verdict not in ("met", "–") for line in lines)
    return int(missed and not options.quick)


if __name__ == "__main__":
    sys.exit(main())
