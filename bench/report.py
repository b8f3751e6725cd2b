"""What a run was made on, and the table between the two markers of a Markdown file."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.measure import HEADINGS, Line
from shared.clock import wall_now

Measured = Mapping[str, Sequence[Line]]
"""Each measure's lines, by its name."""
_SECTION = re.compile(r"^### (\w+)$", re.MULTILINE)
BEGIN, END = "<!-- figures: written by the tool -->", "<!-- end of figures -->"


class NoMarkersError(Exception):
    """The file has no place for figures: put the two markers of bench/report.py into it."""


@dataclass(frozen=True)
class Machine:
    """Where and when the figures were taken."""

    date: str
    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    postgresql: str

    @classmethod
    def here(cls, postgresql: str) -> Self:
        """This machine, now."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        return cls(
            date=f"{wall_now():%Y-%m-%d}",
            cpu=_cpu(),
            cores=len(os.sched_getaffinity(0)),
            memory_gib=round(memory, 1),
            system=f"{platform.system()} {platform.release()}",
            python=platform.python_version(),
            postgresql=postgresql,
        )

    @property
    def text(self) -> str:
        """In one line."""
        return (
            f"{self.date}, {self.cpu}, {self.cores} cores, {self.memory_gib:g} GiB, "
            f"Python {self.python}, PostgreSQL {self.postgresql}"
        )


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def write(file: Path, machine: Machine, measured: Measured) -> None:
    """Put each measure's table between the markers of `file`; those of measures that weren't run stay.

    NoMarkersError when it has none.
    """
    text = file.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarkersError(str(file))
    parts = _SECTION.split(old)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    sections |= {name: f"\n\n{_markdown(machine, lines)}" for name, lines in measured.items() if lines}
    tables = "".join(f"### {name}\n\n{section.strip()}\n\n" for name, section in sections.items())
    file.write_text(f"{before}{BEGIN}\n\n{tables}{END}{after}", encoding="utf-8")


def _markdown(machine: Machine, lines: Sequence[Line]) -> str:
    rows = [HEADINGS, ["---"] * len(HEADINGS), *(line.cells for line in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "".join(f"- {line.what}: {line.note}\n" for line in lines if line.note)
    return f"{machine.text}\n\n{table}\n\n{notes}"
