"""The cadres, and who guarantees for them."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from shared.contracts.event import Frozen
from shared.contracts.values.places import Point
from shared.contracts.values.texts import Brief, Line, Note, Phone


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


class Guarantor(Frozen):
    """One of the four parties' named persons."""

    party: Party
    name: Line
    phone: Phone | None = None
    relation: Brief = ""


class CadreSide(Frozen):
    """What matching needs to know of a cadre, as it was at triage."""

    home: Point | None = None
    sex: Sex | None = None
    preferred_sex: Sex | None = None
    dialect: Brief = ""
    flags: tuple[Flag, ...] = ()
