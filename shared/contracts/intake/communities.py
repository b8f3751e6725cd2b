"""Events of intake about communities and the catalogue of services."""

from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.values import (
    HelperKind,
    Point,
    Urgency,
)


class CommunityRegistered(Event, name="intake.CommunityRegistered"):
    """A community of the city, with its centre."""

    community: UUID
    code: str
    name: str
    subdistrict: str
    centre: Point | None
    address: str = ""
    phone: str = ""
    party_branch: str = ""


class CommunityCorrected(Event, name="intake.CommunityCorrected"):
    """The file of a community was put right; all fields as they are now."""

    community: UUID
    name: str
    subdistrict: str
    centre: Point | None
    address: str = ""
    phone: str = ""
    party_branch: str = ""


class CommunityImported(Event, name="intake.CommunityImported"):
    """Its file came from a table; `fingerprint` says what the table's row told (SHA-256, hex)."""

    community: UUID
    fingerprint: str


class ServiceDefined(Event, name="intake.ServiceDefined"):
    """A service that may be asked for, and who may do it. Also revises an earlier definition."""

    service: UUID
    code: str
    zh: str
    en: str
    skills: tuple[str, ...]
    helper_kinds: tuple[HelperKind, ...]
    urgency: Urgency
    minutes: int
    recurs: bool


class ServiceRetired(Event, name="intake.ServiceRetired"):
    """Not offered any more; requests that have it go on."""

    service: UUID
    code: str
