"""What an operator can do with a request, by its word in the address, and when."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from fastapi import Response

from services.intake.api import requests as api
from services.intake.domain import request_commands as wish
from services.intake.domain.request import BEFORE_A_HELPER, UNSERVED
from shared.contracts.command import Command


class Verb(NamedTuple):
    """A command, what does it, and the fields of its form."""

    command: type[Command]
    do: Callable[..., Awaitable[Response]]
    fields: tuple[str, ...] = ()


VERBS: Mapping[str, Verb] = {
    "callback": Verb(wish.RecordCallback, api.record_callback, ("outcome", "satisfaction", "note")),
    "triage": Verb(wish.TriageRequest, api.triage_request, ("service", "urgency")),
    "correct": Verb(wish.CorrectRequest, api.correct_request, ("what", "when", "where", "why")),
    "hold": Verb(wish.HoldRequest, api.hold_request, ("reason", "until", "note")),
    "resume": Verb(wish.ResumeRequest, api.resume_request),
    "emergency": Verb(wish.ReferToEmergencyLine, api.refer_to_emergency_line, ("line", "note")),
    "duplicate": Verb(wish.MarkDuplicate, api.mark_duplicate, ("of",)),
    "overrule": Verb(wish.OverruleDuplicate, api.overrule_duplicate, ("reason",)),
    "relink": Verb(wish.RelinkRequest, api.relink_request, ("cadre", "note")),
    "reject": Verb(wish.RejectRequest, api.reject_request, ("reason", "referred_to")),
    "cancel": Verb(wish.CancelRequest, api.cancel_request, ("reason", "note")),
    "withdraw": Verb(wish.WithdrawRequest, api.withdraw_request, ("reason", "note")),
    "reopen": Verb(wish.ReopenRequest, api.reopen_request, ("reason", "note")),
}
_UNSERVED = {kind.__name__ for kind in UNSERVED}
_BEFORE_A_HELPER = {kind.__name__ for kind in BEFORE_A_HELPER}


def possible(row: Mapping[str, Any]) -> list[str]:
    """The verbs that a request's state lets one try, in the order in which a page offers them."""
    if not row["open"]:
        return ["reopen"] if row["base"] == "Closed" else []
    unserved, held = row["base"] in _UNSERVED, row["hold_reason"] is not None
    when = {
        "callback": row["state"] == "CallbackDue",
        "triage": row["base"] == "Received" and not held,
        "correct": unserved,
        "hold": unserved and not held and row["urgency"] != "rescue",
        "resume": held,
        "emergency": unserved,
        "duplicate": unserved and bool(row["likely"]) and not row["overruled"],
        "overrule": bool(row["likely"]) and not row["overruled"],
        "relink": unserved,
        "reject": row["base"] in _BEFORE_A_HELPER,
        "cancel": unserved or (row["state"] == "CallbackDue" and row["attempts"] >= wish.ATTEMPTS),
        "withdraw": unserved,
    }
    return [verb for verb in VERBS if when.get(verb)]
