"""Those who help, and what they can do."""

from datetime import date
from enum import StrEnum

from shared.contracts.event import Frozen
from shared.contracts.values.places import Point
from shared.contracts.values.texts import Brief, Code, Line, Note, Phone


class HelperKind(StrEnum):
    """志愿者, 社区专兼职人员, 服务机构, 医疗机构."""

    VOLUNTEER = "volunteer"
    STAFF = "staff"
    ORGANISATION = "organisation"
    INSTITUTION = "institution"


class DeclineReason(StrEnum):
    """Why a helper declines."""

    BUSY = "busy"
    TOO_FAR = "too_far"
    UNWELL = "unwell"
    SKILL = "skill"
    PERSONAL = "personal"


class Wish(StrEnum):
    """What a cadre wishes of a helper: 还请这位, 没有意见, 最好换人, 不要再来."""

    AGAIN = "again"
    NONE = "none"
    RATHER_NOT = "rather_not"
    NEVER = "never"


class Skill(Frozen):
    """What somebody can do; `until` is the last day of its certificate, if it needs one."""

    code: Code
    until: date | None = None


class HelperProfile(Frozen):
    """Who a helper is and how to reach them; always sealed."""

    name: Line
    phone: Phone | None = None
    birth: date | None = None
    address: Brief = ""
    home: Point | None = None
    certificate: Brief = ""
    note: Note = ""
