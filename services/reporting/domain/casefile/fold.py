"""The one fold of a cadre's envelopes into a case file: for the live page, for replay, for a rebuild."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.reporting.domain.casefile import of_care, of_intake, of_matching, register
from services.reporting.domain.casefile.file import CaseFile, Item, Step
from services.reporting.domain.casefile.rows import Row, Rows
from shared.bus.recorded import Recorded
from shared.contracts import care, intake

ROWS: Rows = {**of_intake.ROWS, **of_matching.ROWS, **of_care.ROWS}

NOT_SHOWN = frozenset(
    {
        intake.CadreImported,  # says where the file came from, not what is in it
        intake.RetractionFollowedUp,  # what was taken up again tells itself
        care.AmountReserved,  # the budget's side of what the funding case tells, too
        care.AmountReleased,
        care.AmountSpent,
        care.AmountReturned,
    }
)
"""Events about a cadre that change nothing in the case file."""

WHY = ("reason", "until", "note")


def evolve(file: CaseFile, recorded: Recorded) -> CaseFile:
    """The file after one more event. Total: what it doesn't know changes nothing but the count."""
    envelope, event = recorded.envelope, recorded.event
    file = replace(file, count=file.count + 1, recorded=envelope.recorded)
    row = ROWS.get(type(event))
    if row is None:
        return register.evolve(file, envelope.id, event)
    thing: UUID = getattr(event, row.by)
    item = _changed(file.items.get((row.kind, thing)) or Item(row.kind, thing), row, recorded)
    file = file.with_item(item)
    return of_matching.match_asked(file, item) if row.kind == "offer" else file


def _changed(item: Item, row: Row, recorded: Recorded) -> Item:
    envelope, event = recorded.envelope, recorded.event
    told = event.model_dump(mode="json", exclude={"cadre", row.by})
    facts: dict[str, Any] = dict(item.facts)
    if row.into:
        entry = {"type": envelope.type, "recorded": envelope.recorded.isoformat(), **told}
        facts[row.into] = [*facts.get(row.into, ()), entry]
    elif row.ends:
        facts = {name: value for name, value in facts.items() if name not in WHY} | told
    else:
        facts |= told
    step = Step(envelope.type, envelope.recorded, envelope.actor.sub, envelope.actor.role)
    return replace(item, standing=item.standing.after(row, event), facts=facts, steps=(*item.steps, step))


def fold(cadre: UUID, events: Iterable[Recorded]) -> CaseFile:
    """The case file of these events, in the order (recorded, id) whatever order they come in."""
    return onward(CaseFile(cadre), ordered(events))


def ordered(events: Iterable[Recorded]) -> list[Recorded]:
    """In the order in which they are folded."""
    return sorted(events, key=lambda one: (one.envelope.recorded, one.envelope.id))


def onward(file: CaseFile, events: Iterable[Recorded]) -> CaseFile:
    """The file after these events, which come in the order of folding."""
    for recorded in events:
        file = evolve(file, recorded)
    return file


def happened_by(events: Iterable[Recorded], at: datetime) -> list[Recorded]:
    """The events that had happened by then, whenever they were recorded.

    What tells of validity stays: its facts say for themselves when they were true.
    """
    return [one for one in events if isinstance(one.event, register.TELLING) or one.envelope.happened <= at]
