"""The demo city's retired cadres: ages, careers and hardships that can be true on the day of asking."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from deploy.demo.persons import Persons, years_before
from deploy.demo.places import Place, offset
from shared.tables.explained import Cell
from shared.tables.person_numbers import Sex
from shared.tables.rules import FOUNDING, age_on

CADRES = 420
LIXIU = 38
YOUNGEST, OLDEST = 55, 105
OLDEST_TUIXIU = 96
YOUNGEST_JOINER = 13
LIXIU_BEGAN = date(1980, 10, 7)
"""The State Council's rules on 离休 are of this day; nobody became lixiu before it."""
RETIREMENT_AGE: Mapping[Sex, int] = {"male": 60, "female": 55}
SEX_ZH: Mapping[Sex, str] = {"male": "男", "female": "女"}

_UNITS = ("教育局", "财政局", "农业局", "水利局", "卫生局", "民政局", "公安局", "粮食局", "交通局", "林业局",
          "商业局", "审计局", "司法局", "广播局", "供销社", "总工会")  # fmt: skip
_RANKS = {"副局级": 44, "正局级": 36, "副县级": 12, "正县级": 6, "副厅级": 1, "正厅级": 1}
_RELATIONS: Sequence[tuple[str, Sex]] = (
    ("儿子", "male"),
    ("女儿", "female"),
    ("儿媳", "female"),
    ("外孙", "male"),
)
_DIALECTS = {"东北话": 84, "山东话": 8, "普通话": 5, "河北话": 3}

_Officer = tuple[str, str]
_CadreRow = dict[str, Cell]


def cadres(persons: Persons, communities: Sequence[Place], today: date) -> list[_CadreRow]:
    """420 rows; the oldest is a lixiu cadre of 105, the youngest a tuixiu one of 55."""
    # in time nobody of at most 105 can have joined before October 1949 any more
    lixiu = LIXIU if years_before(today, OLDEST) < _last_lixiu_birth() else 0
    officers = {unit: _officer(persons) for unit in _UNITS}
    bureau = [_officer(persons) for _ in range(6)]
    staff = {place.code: _officer(persons) for place in communities}
    weights = [place.weight for place in communities]
    rows = []
    for number in range(CADRES):
        row = _lixiu(persons, number, today) if number < lixiu else _tuixiu(persons, number - lixiu, today)
        unit = persons.random.choice(_UNITS)
        place = persons.random.choices(communities, weights)[0]
        row |= {"managing_unit": f"市{unit}", **_home(persons, place), **_hardships(persons, row, today)}
        row |= _guarantors(persons, officers[unit], persons.random.choice(bureau), staff[place.code])
        rows.append(row)
    return rows


def _officer(persons: Persons) -> _Officer:
    sex: Sex = "female" if persons.chance(0.5) else "male"
    return persons.name(sex, 1980), persons.phone()


def _last_lixiu_birth() -> date:
    return years_before(FOUNDING, YOUNGEST_JOINER) - timedelta(days=1)


def _lixiu(persons: Persons, number: int, today: date) -> _CadreRow:
    sex: Sex = "female" if persons.chance(0.3) else "male"
    oldest = years_before(today, OLDEST)
    birth = oldest if number == 0 else persons.day(oldest, _last_lixiu_birth())
    earliest = max(years_before(birth, -YOUNGEST_JOINER), date(1937, 7, 7))
    joined = persons.day(earliest, min(years_before(birth, -26), FOUNDING - timedelta(days=1)))
    retired = max(years_before(birth, -RETIREMENT_AGE[sex]), LIXIU_BEGAN)
    return _career(persons, sex, birth) | {"category": "离休", "joined_work": joined, "retired": retired}


def _tuixiu(persons: Persons, number: int, today: date) -> _CadreRow:
    if number == 0:
        sex: Sex = "female"  # only women may have retired at 55
        birth = years_before(today, YOUNGEST)
    else:
        sex = "female" if persons.chance(0.35) else "male"
        age = int(persons.random.triangular(RETIREMENT_AGE[sex], OLDEST_TUIXIU, 74))
        birth = persons.day(years_before(today, age + 1) + timedelta(days=1), years_before(today, age))
    begin = persons.day(years_before(birth, -18), years_before(birth, -24))
    joined = max(begin, persons.day(FOUNDING, date(1953, 12, 31)))
    retired = years_before(birth, -RETIREMENT_AGE[sex])
    return _career(persons, sex, birth) | {"category": "退休", "joined_work": joined, "retired": retired}


def _career(persons: Persons, sex: Sex, birth: date) -> _CadreRow:
    is_member = persons.chance(0.92)
    return {
        "name": persons.name(sex, birth.year),
        "id_number": persons.id_number(birth, sex),
        "sex": SEX_ZH[sex],
        "birth": birth,
        "rank": persons.random.choices(list(_RANKS), list(_RANKS.values()))[0],
        "city_managed": "是",
        "party_member": "是" if is_member else "否",
        "phone": persons.phone(),
        "second_phone": persons.phone() if persons.chance(0.25) else None,
        "dialect": persons.random.choices(list(_DIALECTS), list(_DIALECTS.values()))[0],
        "preferred_helper_sex": SEX_ZH[sex] if persons.chance(0.15) else "不限",
    }


def _home(persons: Persons, place: Place) -> _CadreRow:
    random = persons.random
    longitude, latitude = offset(
        (place.longitude, place.latitude), random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4)
    )
    building, entrance, floor, flat = (random.randint(1, most) for most in (40, 4, 6, 3))
    door = f"{building} 号楼 {entrance} 单元 {floor}0{flat}"
    return {
        "community": place.code,
        "party_branch": f"{place.name}离退休干部党支部",
        "address": f"{place.subdistrict}{place.name} {door} 室",
        "longitude": longitude,
        "latitude": latitude,
    }


def _hardships(persons: Persons, row: Mapping[str, Cell], today: date) -> _CadreRow:
    """Flags by age; most lixiu and some of the old tuixiu can't look after themselves."""
    birth = row["birth"]
    age = age_on(birth, today) if isinstance(birth, date) else YOUNGEST
    is_lixiu = row["category"] == "离休"
    frailty = max(0.0, (age - 70) / 30)
    flags: _CadreRow = {}
    if persons.chance(0.06 + 0.2 * frailty):
        flags["lives_alone"] = _until(persons, today)
    elif persons.chance(0.1 + 0.15 * frailty):
        flags["empty_nest"] = _until(persons, today)
    if persons.chance(0.35 if is_lixiu else 0.16 * frailty):
        flags["bedridden"] = _until(persons, today)
    if persons.chance(0.72 if is_lixiu else 0.3 * frailty):
        flags["no_self_care"] = _until(persons, today)
    return flags


def _until(persons: Persons, today: date) -> date:
    return persons.day(today + timedelta(days=20), today + timedelta(days=400))


def _guarantors(persons: Persons, unit: _Officer, bureau: _Officer, community: _Officer) -> _CadreRow:
    """The four-party guarantee; a few cadres have no family in the city."""
    row: _CadreRow = {
        "unit_guarantor": unit[0],
        "unit_guarantor_phone": unit[1],
        "bureau_guarantor": bureau[0],
        "bureau_guarantor_phone": bureau[1],
        "community_guarantor": community[0],
        "community_guarantor_phone": community[1],
    }
    if persons.chance(0.95):
        relation, sex = persons.random.choice(_RELATIONS)
        row["family_guarantor"] = persons.name(sex, 1968)
        row["family_relation"] = relation
        row["family_guarantor_phone"] = persons.phone()
    return row
