"""A cadre, and what may be recorded of them."""

from datetime import date, timedelta
from typing import Any

from services.reporting.domain.casefile import (
    fold,
    shown,
)
from shared import ids
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import (
    Category,
    Channel,
    Details,
    Flag,
    Sex,
    Slot,
    Standing,
    Urgency,
    Validity,
)
from tests.unit.given import NOON

CADRE = ids.derive(NOON, "cadre")
OTHER = ids.derive(NOON, "other")
REQUEST = ids.derive(NOON, "request")
FUNDING = ids.derive(NOON, "funding")
HELPER = ids.derive(NOON, "helper")
STANDING = Standing(category=Category.LIXIU, sex=Sex.FEMALE)
SLOT = Slot(start=NOON, end=NOON + timedelta(hours=1))
DAY = date(2026, 6, 1)


def told(minute: int, event: Event, salt: object = "") -> Recorded:
    """An event recorded so many minutes after noon."""
    recorded = NOON + timedelta(minutes=minute)
    envelope = Envelope(
        id=ids.derive(recorded, minute, event.NAME, salt),
        type=event.NAME,
        version=event.VERSION,
        source=event.NAME.split(".", maxsplit=1)[0],
        stream=f"cadre-{CADRE}",
        stream_version=minute + 1,
        key=str(CADRE),
        happened=recorded,
        recorded=recorded,
        actor=Actor("somebody", "operator"),
        correlation=CADRE,
        simulated=True,
        previous=GENESIS,
        cadres=(CADRE,),
    )
    return Recorded(event, envelope)


def registered(valid_from: date = date(2020, 1, 1)) -> intake.CadreRegistered:
    """Entered in the register."""
    details = Details(name="王秀英")
    return intake.CadreRegistered(
        cadre=CADRE, community=OTHER, standing=STANDING, details=details, valid_from=valid_from
    )


def assessed(name: str, since: date, until: date | None = None, **more: Any) -> intake.HardshipAssessed:
    """A hardship."""
    return intake.HardshipAssessed(
        cadre=CADRE,
        community=OTHER,
        assessment=ids.derive(NOON, name),
        flag=Flag.LIVING_ALONE,
        assessor="somebody",
        validity=Validity(valid_from=since, valid_to=until),
        **more,
    )


def received() -> intake.RequestReceived:
    """Somebody called."""
    return intake.RequestReceived(
        request=REQUEST,
        cadre=CADRE,
        community=OTHER,
        covered=True,
        channel=Channel.PHONE,
        service="meals",
        urgency=Urgency.ROUTINE,
        slot=None,
        linked=None,
        likely=(),
        caller=None,
        elements=None,
    )


def in_file(*events: Event, day: date = DAY) -> dict[str, Any]:
    """The shown file of these events, a minute apart."""
    return shown(fold(CADRE, [told(minute, event) for minute, event in enumerate(events)]), day)
