"""What checked rows become. Field names are the columns' names; `row` is the file's row number.

`key` says which thing a record is about and stays the same from file to file; `fingerprint` says what the
record tells about it. Keys hold names and numbers of persons: hash them before they leave the process.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Literal

from shared.tables.availability import Slot
from shared.tables.columns import ORGANISATIONS, RANKS, Kind
from shared.tables.hardship import Assessed
from shared.tables.person_numbers import Sex

Category = Literal["lixiu", "tuixiu"]
HelperKind = Literal["volunteer", "community_staff", "service_organisation", "medical_institution"]
Association = Literal["youth", "seniors", "none"]

_COVERED_RANKS = frozenset(rank.value for rank in RANKS if rank.value != "staff")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    row: int

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which this record is found again, the natural one first."""
        raise NotImplementedError

    @property
    def rivals(self) -> tuple[str, ...]:
        """Keys that, held by another record, say that both are about the same thing."""
        return self.keys

    @property
    def key(self) -> str:
        """The natural key."""
        return self.keys[0]

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex over what is filled in, the row's number aside."""
        filled = {
            field.name: _canonical(value)
            for field in fields(self)
            if field.name != "row" and (value := getattr(self, field.name)) not in (None, "", (), False)
        }
        encoded = json.dumps(filled, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(encoded.encode()).hexdigest()


def _canonical(value: object) -> object:
    match value:
        case Assessed(until, stated):
            # a plain 是 counts from the day of import, so its day must not make the record a new one
            return until.isoformat() if stated else "yes"
        case Slot(weekday, start, end):
            return [weekday, start.isoformat(), end.isoformat()]
        case date() | time():
            return value.isoformat()
        case tuple():
            return [_canonical(item) for item in value]
        case _:
            return value


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRecord(_Row):
    """A community; coordinates are WGS-84 degrees, both or neither."""

    code: str
    name: str
    subdistrict: str
    longitude: float | None = None
    latitude: float | None = None
    address: str | None = None
    phone: str | None = None
    party_branch: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"community:{self.code}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CadreRecord(_Row):
    """A retired cadre, provisional without `id_number`. `community` is a code; phones are E.164."""

    name: str
    sex: Sex
    birth: date
    category: Category
    community: str
    id_number: str | None = None
    joined_work: date | None = None
    retired: date | None = None
    rank: str | None = None
    managing_unit: str | None = None
    city_managed: bool = False
    party_member: bool = False
    party_branch: str | None = None
    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    phone: str | None = None
    second_phone: str | None = None
    lives_alone: Assessed | None = None
    empty_nest: Assessed | None = None
    bedridden: Assessed | None = None
    no_self_care: Assessed | None = None
    dialect: str | None = None
    preferred_helper_sex: Literal["male", "female", "any"] = "any"
    family_guarantor: str | None = None
    family_relation: str | None = None
    family_guarantor_phone: str | None = None
    unit_guarantor: str | None = None
    unit_guarantor_phone: str | None = None
    bureau_guarantor: str | None = None
    bureau_guarantor_phone: str | None = None
    community_guarantor: str | None = None
    community_guarantor_phone: str | None = None
    notes: str | None = None

    @property
    def covered(self) -> bool:
        """Within coverage: lixiu, or tuixiu of bureau deputy and above whom the city manages."""
        return self.category == "lixiu" or (self.city_managed and self.rank in _COVERED_RANKS)

    @property
    def keys(self) -> tuple[str, ...]:
        if self.id_number is not None:
            return (f"cadre:{self.id_number}", f"anyone:{self._person}")
        return (f"unidentified:{self._person}", f"anyone:{self._person}")

    @property
    def rivals(self) -> tuple[str, ...]:
        # two people with different numbers are two people, however alike they are
        if self.id_number is not None:
            return (f"cadre:{self.id_number}", f"unidentified:{self._person}")
        return (f"anyone:{self._person}",)

    @property
    def _person(self) -> str:
        return f"{self.name}|{self.birth.isoformat()}|{self.phone or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerRecord(_Row):
    """A helper of any kind. `skills` are codes of services, capacity is visits a week."""

    name: str
    kind: HelperKind
    phone: str
    skills: tuple[str, ...]
    weekly_capacity: int
    sex: Sex | None = None
    birth: date | None = None
    association: Association = "none"
    community: str | None = None
    certificate: str | None = None
    certificate_expires: date | None = None
    availability: tuple[Slot, ...] = ()
    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    dialects: tuple[str, ...] = ()
    joined: date | None = None

    @property
    def is_organisation(self) -> bool:
        """A service organisation or a medical institution."""
        return self.kind in ORGANISATIONS

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"helper:{self.name}|{self.phone}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRecord(_Row):
    """The money of one fund in one year, in fen; `community` says whom it is for, None the whole city."""

    fund: str
    fund_name: str
    year: int
    amount_fen: int
    community: str | None = None
    note: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"budget:{self.fund}|{self.year}",)


Record = CommunityRecord | CadreRecord | VolunteerRecord | BudgetRecord

RECORDS: dict[Kind, type[Record]] = {
    Kind.COMMUNITIES: CommunityRecord,
    Kind.CADRES: CadreRecord,
    Kind.VOLUNTEERS: VolunteerRecord,
    Kind.BUDGETS: BudgetRecord,
}
