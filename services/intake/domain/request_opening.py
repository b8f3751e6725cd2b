"""How a request begins: received, and triaged or linked in the same step."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.intake.domain import request_commands as wish
from services.intake.domain import request_refusals as refusal
from services.intake.domain.service import Terms
from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import Slot, Urgency
from shared.eventstore.decider import Moment

FARTHEST = timedelta(days=366)
"""How far away a time that somebody names may lie."""


def check_near(slot: Slot | None, moment: Moment) -> None:
    """SlotFarError for a time that can only be mistyped."""
    if slot is not None and abs(slot.start - moment.at) > FARTHEST:
        raise refusal.SlotFarError("slot")


def open_request(command: wish.OpenRequest, moment: Moment) -> list[Event]:
    """The first events of a request; likely duplicates must be linked or overruled with a reason."""
    if command.likely and not command.overruled and command.duplicate_of is None:
        raise refusal.LikelyDuplicateError(likely=[str(one) for one in command.likely])
    check_near(command.slot, moment)
    received = told.RequestReceived(
        request=moment.aggregate,
        cadre=command.cadre,
        community=command.community,
        covered=command.covered,
        channel=command.channel,
        service=command.service,
        urgency=command.urgency,
        slot=command.slot,
        linked=command.linked,
        likely=command.likely,
        caller=command.caller,
        elements=command.elements,
        overruled=command.overruled,
    )
    if command.duplicate_of is not None:
        linked = told.MarkedDuplicate(request=moment.aggregate, cadre=command.cadre, of=command.duplicate_of)
        return [received, linked]
    if command.terms is None or command.urgency is None:
        return [received]
    of = {"request": moment.aggregate, "cadre": command.cadre}
    return [received, triaged(of, command, command.terms, command.urgency, command.slot, moment)]


def triaged(
    of: Mapping[str, Any],
    command: wish.OpenRequest | wish.Triage,
    terms: Terms,
    urgency: Urgency,
    slot: Slot | None,
    moment: Moment,
) -> told.RequestTriaged:
    """The request `of` is triaged, by the catalogue's terms; SlotMissingError when it needs a time."""
    if urgency is Urgency.SCHEDULED and slot is None:
        raise refusal.SlotMissingError("slot")
    return told.RequestTriaged(
        **of,
        community=command.community,
        service=terms.service,
        urgency=urgency,
        skills=terms.skills,
        helper_kinds=terms.helper_kinds,
        minutes=terms.minutes,
        slot=slot,
        side=command.side,
        triaged_by=moment.by.sub,
    )
