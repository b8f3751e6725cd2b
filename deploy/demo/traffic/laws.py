"""What must hold of the stored events after any traffic: pure checks over what was read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from deploy.demo.traffic.ledger import Ledger
from deploy.demo.traffic.stored import Events, Finding, Stored
from shared import ids

OUTCOMES = (
    "matching.OfferAccepted",
    "matching.OfferDeclined",
    "matching.OfferExpired",
    "matching.OfferRevoked",
)
PERSONS = ("volunteer", "staff")
LATE = timedelta(minutes=1)
"""How long after its time an offer may still be open: the timer is about to fire."""


def acknowledged_once(events: Events, ledger: Ledger) -> Finding:
    """Each acknowledged command is in the store, by one execution; a refused one left nothing."""
    finding = Finding("every acknowledged command is stored exactly once")
    by_command: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for event in events:
        if event.command:
            by_command[event.actor, event.command].append(event)
    positions = {event.position for event in events}
    for entry in ledger.acknowledged:
        made = by_command.get((entry.sub, entry.key), [])
        if entry.position:
            finding.expect(entry.position in positions, f"{entry.command} {entry.key}: not in the store")
        finding.expect(
            not made or _one_execution(made, f"{entry.sub}/{entry.key}"),
            f"{entry.command} {entry.key}: executed more than once",
        )
    for entry in ledger.refused:
        finding.expect(
            (entry.sub, entry.key) not in by_command,
            f"{entry.command} {entry.key}: refused with {entry.status}, and yet stored",
        )
    return finding


def _one_execution(made: list[Stored], seed: str) -> bool:
    """Ids are derived from the seed, the time and a count from 0: a second execution counts anew."""
    ordered = sorted(made, key=lambda event: event.recorded)
    return all(
        event.id == str(ids.derive(event.recorded, seed, number)) for number, event in enumerate(ordered)
    )


def reactions_once(events: Events) -> Finding:
    """What a reaction wrote because of an event was written by one run of it."""
    finding = Finding("every reaction had its effect exactly once")
    effects: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for event in events:
        if event.actor.startswith("system:") and event.cause:
            effects[event.actor, event.cause].append(event)
    for (actor, cause), made in effects.items():
        # A timer's effects carry ids of the timer's own seed; its handler is named in kebab-case.
        if "_" in actor or not _is_timer(actor):
            finding.expect(
                _one_execution(made, f"{cause}/{actor}"), f"{actor} because of {cause}: more than one run"
            )
    _one_each(events, finding)
    return finding


def _one_each(events: Events, finding: Finding) -> None:
    """Each cause has its effect. Not if the request's end came first, which may overtake what it ends."""
    ended = {str(event["request"]): event.recorded for event in reversed(events.of(*ENDINGS))}
    for cause, effect, name in PAIRS:
        causes, effects = (Counter(str(event[name]) for event in events.of(kind)) for kind in (cause, effect))
        for event in events.of(cause):
            count, most = effects[str(event[name])], causes[str(event[name])]
            end = ended.get(str(event["request"]))
            overtaken = end is not None and end < event.recorded + LATE
            finding.expect(
                (count <= most or effect in AGAIN) and (count > 0 or overtaken),
                f"{cause} {event[name]}: {count} × {effect}",
            )


def _is_timer(actor: str) -> bool:
    return "-" in actor.rsplit("/", maxsplit=1)[-1]


PAIRS = (
    ("intake.RequestTriaged", "matching.MatchOpened", "request"),
    ("matching.HelperAssigned", "care.VisitScheduled", "booking"),
    ("matching.HelperAssigned", "matching.BookingMade", "booking"),
    ("care.VisitDone", "matching.HoursCredited", "booking"),
    ("care.VisitDone", "matching.BookingReleased", "booking"),
    ("care.FundingDrafted", "intake.RequestEscalated", "funding"),
)
"""Cause, effect, and the field that both have: one effect for each cause."""

AGAIN = ("matching.BookingMade", "matching.BookingReleased")
"""Another try of a visit takes and gives back the helper's time once more, in the same booking."""

ENDINGS = (
    "intake.RequestWithdrawn",
    "intake.RequestCancelled",
    "intake.RequestRejected",
    "intake.MarkedDuplicate",
    "intake.RequestClosed",
    "intake.ReferredToEmergencyLine",
)


def streams_whole(events: Events) -> Finding:
    """Versions without a gap, and each event linked to the one before by its hash."""
    finding = Finding("every stream is whole, its hashes linked")
    streams: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for event in events:
        streams[event.attributes["source"], event.stream].append(event)
    for (_, name), found in streams.items():
        versions = [event.version for event in found]
        finding.expect(versions == list(range(1, len(found) + 1)), f"{name}: versions {versions}")
        finding.expect(
            all(
                after.attributes["previoushash"] == before.attributes["hash"]
                for before, after in pairwise(found)
            ),
            f"{name}: a hash doesn't link",
        )
    return finding


def offers_answered(events: Events, now: datetime) -> Finding:
    """An offer has one outcome; one whose time is over has an outcome."""
    finding = Finding("every offer has one outcome, and none outlives its time")
    outcomes = Counter(str(event["offer"]) for event in events.of(*OUTCOMES))
    for offer in events.of("matching.OfferMade"):
        count = outcomes[str(offer["offer"])]
        finding.expect(count <= 1, f"offer {offer['offer']}: {count} outcomes")
        over = datetime.fromisoformat(offer["expires"]) + LATE < now
        finding.expect(count == 1 or not over, f"offer {offer['offer']}: open after {offer['expires']}")
    return finding


def bookings_apart(events: Events) -> Finding:
    """Nobody has two visits at once, organisations apart; and no booking is given back twice."""
    finding = Finding("no helper is booked twice at a time")
    persons = {str(one["helper"]) for one in events.of("matching.HelperEnrolled") if one["kind"] in PERSONS}
    slots: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for event in events.by_service.get("matching", ()):
        if event.type in ("matching.BookingMade", "matching.BookingMoved"):
            slots[str(event["booking"])] = (str(event["helper"]), event["slot"])
        elif event.type == "matching.BookingReleased":
            finding.expect(
                slots.pop(str(event["booking"]), None) is not None,
                f"booking {event['booking']}: released without being held",
            )
    by_helper: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for helper, slot in slots.values():
        if helper in persons:
            by_helper[helper].append((slot["start"], slot["end"]))
    for helper, held in by_helper.items():
        ordered = sorted((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in held)
        finding.expect(
            all(before[1] <= after[0] for before, after in pairwise(ordered)), f"helper {helper}: two at once"
        )
    return finding


_MOVES = {
    "care.AmountReserved": ("reserved", 1),
    "care.AmountReleased": ("reserved", -1),
    "care.AmountReturned": ("returned", 1),
}


def budgets_fold(events: Events) -> dict[str, dict[str, int]]:
    """What each budget's events add up to, in fen: amount, reserved, spent, returned."""
    budgets: dict[str, dict[str, int]] = {}
    for event in events.by_service.get("care", ()):
        if event.type == "care.BudgetOpened":
            budgets[str(event["budget"])] = {
                "amount": event["amount"], "reserved": 0, "spent": 0, "returned": 0,
            }  # fmt: skip
        elif event.type == "care.BudgetAdjusted":
            budgets[str(event["budget"])]["amount"] += event["by"]
        elif event.type in _MOVES:
            name, sign = _MOVES[event.type]
            budgets[str(event["budget"])][name] += sign * event["amount"]
        elif event.type == "care.AmountSpent":
            budgets[str(event["budget"])]["spent"] += event["amount"]
            budgets[str(event["budget"])]["reserved"] -= event["amount"]
    return budgets


def budgets_to_the_fen(events: Events, shown: Iterable[Mapping[str, Any]]) -> Finding:
    """Never more than the budget holds; the list shows what the events add up to; both streams agree."""
    finding = Finding("budgets to the fen")
    folded = budgets_fold(events)
    for budget, figures in folded.items():
        free = figures["amount"] - figures["reserved"] - figures["spent"] + figures["returned"]
        finding.expect(free >= 0 and min(figures.values()) >= 0, f"budget {budget}: {figures}")
    for row in shown:
        figures = folded.get(str(row["budget"]), {})
        finding.expect(
            all(row[name] == value for name, value in figures.items()) and bool(figures),
            f"budget {row['budget']}: shows {dict(row)}, its events say {figures}",
        )
    for case, budget in (
        ("care.FundsReserved", "care.AmountReserved"),
        ("care.FundingDisbursed", "care.AmountSpent"),
    ):
        by_case = {str(event["funding"]): event["amount"] for event in events.of(case)}
        by_budget = {str(event["funding"]): event["amount"] for event in events.of(budget)}
        finding.expect(by_case == by_budget, f"{case} and {budget} differ")
    return finding


def requests_listed(events: Events, shown: Mapping[str, str], states: frozenset[str]) -> Finding:
    """Each request that was received is in the list, in a state that a list is there for."""
    finding = Finding("no request in a state that no list shows")
    for event in events.of("intake.RequestReceived"):
        state = shown.get(str(event["request"]))
        finding.expect(state in states, f"request {event['request']}: {state or 'in no list'}")
    return finding
