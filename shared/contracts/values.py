"""The values that events and commands are made of."""

import math
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from shared.contracts.event import Frozen
from shared.errors import InvalidError


class ControlCharacterError(InvalidError, ValueError):
    """The text has characters that can't be shown. Type it anew."""

    zh = "文字里有不可显示的字符。请重新输入。"


class SlotOrderError(InvalidError, ValueError):
    """The end must come after the beginning, and a visit may last 24 hours at the most. Correct the times."""

    zh = "结束须晚于开始,且一次服务最长 24 小时。请改正时间。"


class ValidityOrderError(InvalidError, ValueError):
    """The last day can't lie before the first. Correct the dates."""

    zh = "截止日不能早于起始日。请改正日期。"


def _shown(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise ControlCharacterError
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_shown)
]
"""A name or a short label."""

Brief = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(_shown)]
"""A short text that may be empty."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_shown)]
"""Free text; may be empty."""

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000), AfterValidator(_shown)
]
"""Free text that must say something."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""A stable code: of a service, a skill, a fund."""

Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""A phone number in E.164."""

Fen = Annotated[int, Field(ge=0, le=100_000_000_000)]
"""Money in fen (分), a hundredth of a yuan; up to a thousand million yuan."""

Minutes = Annotated[int, Field(ge=1, le=1440)]


class Urgency(StrEnum):
    """特急, 紧急, 一般, 定期."""

    RESCUE = "rescue"
    URGENT = "urgent"
    ROUTINE = "routine"
    SCHEDULED = "scheduled"


class HelperKind(StrEnum):
    """志愿者, 社区专兼职人员, 服务机构, 医疗机构."""

    VOLUNTEER = "volunteer"
    STAFF = "staff"
    ORGANISATION = "organisation"
    INSTITUTION = "institution"


class Sex(StrEnum):
    """男, 女."""

    MALE = "male"
    FEMALE = "female"


class Category(StrEnum):
    """离休 (joined before 1949-10-01) or 退休."""

    LIXIU = "lixiu"
    TUIXIU = "tuixiu"


class Flag(StrEnum):
    """空巢, 独居, 长期卧病, 不能自理."""

    EMPTY_NEST = "empty_nest"
    LIVING_ALONE = "living_alone"
    BEDRIDDEN = "bedridden"
    NO_SELF_CARE = "no_self_care"


class Party(StrEnum):
    """The four parties of the guarantee: 原单位, 老干部局, 家庭, 社区."""

    UNIT = "unit"
    BUREAU = "bureau"
    FAMILY = "family"
    COMMUNITY = "community"


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


class DeclineReason(StrEnum):
    """Why a helper declines."""

    BUSY = "busy"
    TOO_FAR = "too_far"
    UNWELL = "unwell"
    SKILL = "skill"
    PERSONAL = "personal"


class Risk(StrEnum):
    """高, 重点, 一般: how often a plan visits (weekly, monthly, quarterly)."""

    HIGH = "high"
    KEY = "key"
    GENERAL = "general"


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


EARTH_CM = 637_100_880
"""Mean radius of the Earth in centimetres (IUGG R1)."""


class Point(Frozen):
    """A place in Earth-centred centimetres, integers, so that every processor gets the same distances."""

    x: int
    y: int
    z: int
    datum: str = Field(default="WGS-84", pattern="^(WGS-84|GCJ-02)$")

    @classmethod
    def of(cls, longitude: float, latitude: float, datum: str = "WGS-84") -> Self:
        """The point at these degrees, on a sphere of the mean radius."""
        east, north = math.radians(longitude), math.radians(latitude)
        return cls(
            x=round(EARTH_CM * math.cos(north) * math.cos(east)),
            y=round(EARTH_CM * math.cos(north) * math.sin(east)),
            z=round(EARTH_CM * math.sin(north)),
            datum=datum,
        )

    def metres_to(self, other: "Point") -> int:
        """The straight distance in whole metres, from integers alone."""
        squared = (self.x - other.x) ** 2 + (self.y - other.y) ** 2 + (self.z - other.z) ** 2
        return math.isqrt(squared) // 100

    @property
    def degrees(self) -> tuple[float, float]:
        """Longitude and latitude in degrees, six decimals, for maps."""
        return (
            round(math.degrees(math.atan2(self.y, self.x)), 6),
            round(math.degrees(math.atan2(self.z, math.hypot(self.x, self.y))), 6),
        )


class Slot(Frozen):
    """From when to when."""

    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 < (self.end - self.start).total_seconds() <= 24 * 3600:
            raise SlotOrderError
        return self

    def overlaps(self, other: "Slot") -> bool:
        """Whether the two share any time."""
        return self.start < other.end and other.start < self.end


class Validity(Frozen):
    """From which day to which, both included; open-ended without the second."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValidityOrderError
        return self

    def holds(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Details(Frozen):
    """What identifies and reaches a person; always sealed."""

    name: Line
    id_number: Brief = ""
    birth: date | None = None
    phones: tuple[Phone, ...] = Field(default=(), max_length=5)
    address: Brief = ""
    home: Point | None = None
    note: Note = ""


class Standing(Frozen):
    """What a cadre is in the service: not sealed."""

    category: Category
    sex: Sex
    rank: Brief = ""
    managing_unit: Brief = ""
    city_managed: bool = False
    party_member: bool = False
    party_branch: Brief = ""
    joined: date | None = None
    retired: date | None = None
    dialect: Brief = ""
    preferred_sex: Sex | None = None
    covered: bool = True


class Residence(Frozen):
    """Where somebody lives; always sealed."""

    address: Brief = ""
    home: Point | None = None


class Guarantor(Frozen):
    """One of the four parties' named persons."""

    party: Party
    name: Line
    phone: Phone | None = None
    relation: Brief = ""


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


class CadreSide(Frozen):
    """What matching needs to know of a cadre, as it was at triage."""

    home: Point | None = None
    sex: Sex | None = None
    preferred_sex: Sex | None = None
    dialect: Brief = ""
    flags: tuple[Flag, ...] = ()


class Skill(Frozen):
    """What somebody can do; `until` is the last day of its certificate, if it needs one."""

    code: Code
    until: date | None = None


class Weekly(Frozen):
    """A time of the week that recurs, in minutes from local midnight; day 1 is Monday."""

    day: int = Field(ge=1, le=7)
    start: int = Field(ge=0, lt=1440)
    end: int = Field(gt=0, le=1440)


class HelperProfile(Frozen):
    """Who a helper is and how to reach them; always sealed."""

    name: Line
    phone: Phone | None = None
    birth: date | None = None
    address: Brief = ""
    home: Point | None = None
    certificate: Brief = ""
    note: Note = ""


class PlannedService(Frozen):
    """A service that a care plan repeats."""

    service: Code
    every_days: int = Field(ge=1, le=366)
    minutes: Minutes = 60
    hour: int = Field(default=9, ge=6, le=20)


Ids = tuple[UUID, ...]
