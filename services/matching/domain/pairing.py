"""A pairing: the standing bond of one helper and one cadre; at most one of each two is live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from shared import ids
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.matching import PairingBegun, PairingEnded
from shared.contracts.values import Reason
from shared.errors import RefusedError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


@dataclass(frozen=True, slots=True)
class Facts:
    """Who is bound to whom."""

    pairing: UUID
    helper: UUID
    cadre: UUID
    community: UUID | None


@dataclass(frozen=True, slots=True)
class Live:
    """It holds."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Ended:
    """It is over; the same two may begin again."""

    facts: Facts


Pairing = Live | Ended


def pairing_of(helper: UUID, cadre: UUID) -> UUID:
    """The id of the pairing of these two: always the same, so that there is one live one at the most."""
    return ids.derive(ids.time_of(helper), "pairing", helper, cadre)


class BeginPairing(Command):
    """Bind a helper to a cadre."""

    helper: UUID
    cadre: UUID


class Bind(BeginPairing):
    """The same, with the community of the cadre."""

    community: UUID | None


class EndPairing(Command):
    """End the bond."""

    reason: Reason


class Unbind(EndPairing):
    """End the bond, if it holds: the cadre has died, or the helper has left."""


PairingCommand = Bind | EndPairing | Unbind


class AlreadyPairedError(RefusedError):
    """These two are paired already."""

    zh = "双方已经结对。"


class PairingOverError(RefusedError):
    """This pairing has ended already."""

    zh = "该结对已经结束。"


def evolve(pairing: Pairing | None, event: PairingBegun | PairingEnded) -> Pairing:
    """The pairing after this event."""
    if isinstance(event, PairingBegun):
        return Live(Facts(event.pairing, event.helper, event.cadre, event.community))
    if pairing is None:
        raise ValueError(f"{event.NAME} before the pairing began")
    return Ended(pairing.facts)


def decide(pairing: Pairing | None, command: PairingCommand, _: Moment) -> Sequence[Event]:
    """What follows from the command."""
    match command:
        case Bind():
            if isinstance(pairing, Live):
                raise AlreadyPairedError
            return [
                PairingBegun(
                    pairing=pairing_of(command.helper, command.cadre),
                    helper=command.helper,
                    cadre=command.cadre,
                    community=command.community,
                )
            ]
        case EndPairing():
            if not isinstance(pairing, Live):
                if isinstance(command, Unbind):
                    return []
                raise PairingOverError
            facts = pairing.facts
            return [
                PairingEnded(
                    pairing=facts.pairing, helper=facts.helper, cadre=facts.cadre, reason=command.reason
                )
            ]
    assert_never(command)


def resource(pairing: Pairing) -> Resource:
    """A pairing belongs to the cadre's community."""
    facts = pairing.facts
    return Resource(community=facts.community, cadre=facts.cadre, helpers=frozenset({facts.helper}))


PAIRING: Decider[Pairing] = Decider("pairing", "pairing", evolve, decide, resource, by_cadre=False)
