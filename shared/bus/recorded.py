"""An event together with the envelope it was recorded in."""

from dataclasses import dataclass

from shared.bus.envelope import Envelope
from shared.contracts.event import Event


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its envelope."""

    event: Event
    envelope: Envelope
