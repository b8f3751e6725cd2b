"""What a request is made of, and why it goes one way or another."""

from enum import StrEnum

from shared.contracts.event import Frozen
from shared.contracts.values.texts import Brief, Note, Phone


class Urgency(StrEnum):
    """特急, 紧急, 一般, 定期."""

    RESCUE = "rescue"
    URGENT = "urgent"
    ROUTINE = "routine"
    SCHEDULED = "scheduled"


class Channel(StrEnum):
    """How a request reached us."""

    PHONE = "phone"
    WALK_IN = "walk_in"
    WELFARE_CHECK = "welfare_check"
    PLAN = "plan"
    RELINKED = "relinked"


class CallerKind(StrEnum):
    """Who calls: 本人, 家属, 邻居, 单位, 工作人员."""

    CADRE = "cadre"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    UNIT = "unit"
    STAFF = "staff"


class RejectReason(StrEnum):
    """Why a request is rejected."""

    NOT_COVERED = "not_covered"
    OUTSIDE_JURISDICTION = "outside_jurisdiction"
    EMERGENCY_LINE = "emergency_line"
    TOO_FEW_FACTS = "too_few_facts"
    ABUSE = "abuse"
    IN_COURT = "in_court"


class CancelReason(StrEnum):
    """Why a request is cancelled."""

    SERVED_ELSEWHERE = "served_elsewhere"
    IN_HOSPITAL = "in_hospital"
    UNREACHABLE = "unreachable"
    DECEASED = "deceased"


class WithdrawReason(StrEnum):
    """Who withdraws, or that it was an error."""

    CALLER = "caller"
    FAMILY = "family"
    ERROR = "error"


class ReopenReason(StrEnum):
    """Why a request is opened again."""

    UNSOLVED = "unsolved"
    POOR_QUALITY = "poor_quality"
    RECURS = "recurs"
    AUDIT_FINDING = "audit_finding"


class HoldReason(StrEnum):
    """Why a request waits; its deadlines pause meanwhile."""

    FACTS_MISSING = "facts_missing"
    CALLER_ASKED = "caller_asked"
    IN_HOSPITAL = "in_hospital"
    WEATHER = "weather"


class Stage(StrEnum):
    """What a request's deadline is for."""

    FIRST_ACTION = "first_action"
    MATCHED = "matched"
    FINISHED = "finished"
    CALLBACK = "callback"


class Level(StrEnum):
    """How far a deadline has passed: 75 %, due, +50 % (催办), +100 % (督办)."""

    WARNED = "warned"
    LATE = "late"
    URGED = "urged"
    SUPERVISED = "supervised"


class Caller(Frozen):
    """Who spoke on the phone."""

    kind: CallerKind
    name: Brief = ""
    phone: Phone | None = None


class Elements(Frozen):
    """The five elements of a request: who is the caller; when, where, why and what happened are here."""

    what: Note
    when: Brief = ""
    where: Brief = ""
    why: Note = ""
