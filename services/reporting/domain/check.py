"""Compares reporting's copy with what the owning services hold, byte for byte."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from shared.bus.envelope import GENESIS, chain


class Row(NamedTuple):
    """An envelope as stored, with its place."""

    stream: str
    version: int
    header: bytes
    data: bytes
    hash: bytes


class Streams(Protocol):
    """The stores of the owning services, wherever they are."""

    async def of_cadre(self, cadre: UUID, streams: Sequence[str]) -> Sequence[Row]:
        """These streams whole, and any other that is about the cadre, in order of stream and version."""


@dataclass
class Findings:
    """What the comparison found; each a list of `stream@version`."""

    compared: int = 0
    streams: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether all is as it should be."""
        return not (self.missing or self.extra or self.different or self.broken)


def compare(copy: Iterable[Row], owned: Iterable[Row]) -> Findings:
    """What the copy lacks, has beyond the owners', or has otherwise; and where a chain of hashes breaks."""
    ours, theirs = _placed(copy), _placed(owned)
    found = Findings(compared=len(ours.keys() | theirs.keys()))
    found.streams = len({stream for stream, _ in ours.keys() | theirs.keys()})
    for place in sorted(ours.keys() | theirs.keys()):
        name = f"{place[0]}@{place[1]}"
        if place not in ours:
            found.missing.append(name)
        elif place not in theirs:
            found.extra.append(name)
        elif ours[place] != theirs[place]:
            found.different.append(name)
    breaks = set(broken(theirs)) | set(broken(ours))
    found.broken = sorted(f"{stream}@{version}" for stream, version in breaks)
    return found


def broken(rows: Mapping[tuple[str, int], Row]) -> list[tuple[str, int]]:
    """Places whose hash isn't the one that their bytes give after the hash before. A gap isn't a break."""
    wrong = []
    for (stream, version), row in rows.items():
        before = rows.get((stream, version - 1))
        if before is None and version > 1:
            continue
        if chain(before.hash if before else GENESIS, row.header, row.data) != row.hash:
            wrong.append((stream, version))
    return wrong


def _placed(rows: Iterable[Row]) -> dict[tuple[str, int], Row]:
    return {(row.stream, row.version): row for row in rows}
