"""Events of pairings."""

from uuid import UUID

from shared.contracts.event import Event, Personal


class PairingBegun(Event, name="matching.PairingBegun"):
    """A standing bond between one helper and one cadre."""

    pairing: UUID
    helper: UUID
    cadre: UUID
    community: UUID | None


class PairingEnded(Event, name="matching.PairingEnded", subject="helper"):
    """The bond is over."""

    pairing: UUID
    helper: UUID
    cadre: UUID
    reason: Personal[str]
