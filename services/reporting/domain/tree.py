"""A case as a tree of causes: from the call to the payment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEEPEST = 60
"""Nodes deeper than this hang on their ancestor there; each still names its cause."""


@dataclass(slots=True)
class Node:
    """An entry and what followed from it. `link` is `cause`, `stream` or `case`."""

    entry: Mapping[str, Any]
    link: str = "case"
    depth: int = 0
    follows: list["Node"] = field(default_factory=list)


def grow(entries: Sequence[Mapping[str, Any]]) -> list[Node]:
    """The roots, from entries in the order (recorded, id).

    An entry hangs on its cause. One that a person began has none: it hangs on the first entry of its stream,
    the first of a stream on the case's first entry. Causes outside the case leave a root of their own.
    """
    nodes: dict[str, Node] = {}
    firsts: dict[str, Node] = {}
    roots: list[Node] = []
    for entry in entries:
        node = Node(entry)
        parent = nodes.get(entry["cause"] or "")
        if parent is not None:
            node.link = "cause"
        elif entry["stream"] in firsts:
            node.link, parent = "stream", firsts[entry["stream"]]
        elif roots:
            parent = roots[0]
        _hang(node, parent, roots)
        nodes[entry["id"]] = node
        firsts.setdefault(entry["stream"], node)
    return roots


def _hang(node: Node, parent: Node | None, roots: list[Node]) -> None:
    if parent is None:
        roots.append(node)
        return
    node.depth = min(parent.depth + 1, DEEPEST)
    parent.follows.append(node)


def nested(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """The tree in plain JSON values."""
    return [
        {
            **node.entry,
            "link": node.link,
            "follows": nested(_level(node)) if node.depth < DEEPEST else [],
        }
        for node in nodes
    ]


def _level(node: Node) -> list[Node]:
    """What follows; at the deepest level all that follows from there on, side by side."""
    if node.depth < DEEPEST - 1:
        return node.follows
    flat: list[Node] = []
    waiting = list(reversed(node.follows))
    while waiting:
        one = waiting.pop()
        flat.append(one)
        waiting.extend(reversed(one.follows))
    return flat


def as_text(nodes: Sequence[Node]) -> str:
    """The tree as lines, drawn as `tree` does, times in Shanghai."""
    lines: list[str] = []
    waiting = [(node, "", "") for node in reversed(nodes)]
    while waiting:
        node, lead, below = waiting.pop()
        entry = node.entry
        recorded = datetime.fromisoformat(entry["recorded"]).astimezone(SHANGHAI)
        lines.append(f"{lead}{recorded:%Y-%m-%d %H:%M:%S}  {entry['what']}  ({entry['type']}, {entry['by']})")
        following = _level(node) if node.depth < DEEPEST else []
        for index, one in reversed(list(enumerate(following))):
            last = index == len(following) - 1
            waiting.append((one, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")))
    return "\n".join(lines) + "\n"
