"""A case file as it is shown, and what differs between two."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.reporting.domain.casefile.file import CaseFile, Fact, Item

PLURAL = {
    "request": "requests",
    "match": "matches",
    "offer": "offers",
    "booking": "bookings",
    "pairing": "pairings",
    "recusal": "recusals",
    "wish": "wishes",
    "case": "cases",
    "visit": "visits",
    "plan": "plans",
    "funding": "funding",
}


def shown(file: CaseFile, day: date) -> dict[str, Any]:
    """The file in plain JSON values, its facts those that are true on `day` (in Shanghai)."""
    facts: dict[str, Any] = {}
    for kind in ("details", "standing", "residence", "guarantors"):
        found = file.in_force(kind, day)
        facts[kind] = _fact(found[-1]) if found else None
    hardship = sorted(file.in_force("hardship", day), key=lambda fact: fact.about)
    facts["hardship"] = {fact.about: _fact(fact) for fact in hardship}
    things: dict[str, dict[str, Any]] = {name: {} for name in PLURAL.values()}
    for (kind, thing), item in sorted(file.items.items(), key=lambda pair: str(pair[0][1])):
        things[PLURAL[kind]][str(thing)] = _item(item)
    return {
        "cadre": str(file.cadre),
        "state": file.state,
        **file.state_facts,
        "facts": facts,
        **things,
        "merged": [str(one) for one in file.merged],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        **fact.value,
        "valid_from": fact.valid_from.isoformat() if fact.valid_from else None,
        "valid_to": fact.valid_to.isoformat() if fact.valid_to else None,
        "told_by": str(fact.tellers[-1]),
    }


def _item(item: Item) -> dict[str, Any]:
    history = [
        {
            "type": step.type,
            "recorded": step.recorded.isoformat(),
            "actor": step.actor,
            "role": step.role,
        }
        for step in item.steps
    ]
    return {**item.facts, "state": item.state, "history": history}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two shown files, field by field; None where one has no such field."""
    old, new = dict(_leaves(before, after)), dict(_leaves(after, before))
    return [
        {"path": path, "before": old.get(path), "after": new.get(path)}
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _leaves(value: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a part by their paths; of what is the same in the other file, which is most, none."""
    if isinstance(value, Mapping) and value:
        known = other if isinstance(other, Mapping) else {}
        for name, inner in value.items():
            there = known.get(name)
            if inner != there:
                yield from _leaves(inner, there, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, None, f"{path}[{index}]")
    else:
        yield path, value
