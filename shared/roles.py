"""Roles, who asks, and what is asked about."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The roles of the house."""

    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    VOLUNTEER = "volunteer"
    CARE_WORKER = "care_worker"
    SECRETARY = "secretary"
    SUBDISTRICT = "subdistrict"
    UNIT_LIAISON = "unit_liaison"
    FAMILY = "family"
    ORGANISATION = "organisation"
    CLINIC = "clinic"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    PAYER = "payer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Reach(StrEnum):
    """How far a permission reaches: everything, own communities, or what is one's own."""

    ALL = "all"
    COMMUNITY = "community"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as the token says. `communities` is None when it is the whole city."""

    sub: str
    role: Role
    communities: frozenset[UUID] | None = frozenset()
    cadre: UUID | None = None
    helper: UUID | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked about, as far as permissions look at it."""

    community: UUID | None = None
    cadre: UUID | None = None
    helpers: frozenset[UUID] = frozenset()
    unit: str = ""
