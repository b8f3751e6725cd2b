"""The demo city's helpers: two associations, community staff, service organisations, medical institutions."""

from collections.abc import Sequence
from datetime import date, timedelta

from deploy.demo.elders import SEX_ZH
from deploy.demo.persons import Persons, years_before
from deploy.demo.places import CENTRE, Place, offset
from shared.tables.explained import Cell
from shared.tables.person_numbers import Sex

YOUTH, SENIORS = 140, 120

_YOUTH_SKILLS = ("购物", "餐饮", "保洁", "维修", "走访", "送学上门", "活动")
_SENIOR_SKILLS = ("购物", "走访", "心理咨询", "送学上门", "活动", "发挥作用", "餐饮")
_STAFF_SKILLS = ("走访", "购物", "帮困资金", "活动", "送学上门", "应急救助")
_SERVICE_ORGANISATIONS = (
    ("家家洁保洁服务部", "保洁"),
    ("暖阳助餐中心", "餐饮"),
    ("万家水电维修部", "维修"),
    ("康乐居家护理站", "护理、保洁"),
    ("邻里生活超市", "购物"),
    ("安心家政服务社", "保洁、护理、餐饮"),
    ("巧手综合维修队", "维修"),
    ("倾听心理服务中心", "心理咨询、走访"),
)
_MEDICAL_SKILLS = ("家庭病床、上门巡诊、应急救助、健康讲座", "上门巡诊、应急救助", "上门巡诊、健康讲座、护理")
_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_PARTS = ("上午", "下午", "全天", " 14:00-16:30")

_HelperRow = dict[str, Cell]


def helpers(persons: Persons, communities: Sequence[Place], today: date) -> list[_HelperRow]:
    """260 volunteers, one or two staff a community, 8 service organisations and 6 medical institutions."""
    rows = [_volunteer(persons, persons.random.choice(communities), "青年", today) for _ in range(YOUTH)]
    rows += [_volunteer(persons, persons.random.choice(communities), "老年", today) for _ in range(SENIORS)]
    for place in communities:
        rows += [_staff(persons, place, today) for _ in range(persons.random.randint(1, 2))]
    rows += [_organisation(persons, name, skills, today) for name, skills in _SERVICE_ORGANISATIONS]
    rows += [_clinic(persons, name, place, today) for name, place in _clinics(communities)]
    return rows


def _person(persons: Persons, place: Place, ages: tuple[int, int], today: date) -> _HelperRow:
    sex: Sex = "female" if persons.chance(0.58) else "male"
    birth = persons.day(years_before(today, ages[1]), years_before(today, ages[0]))
    eldest_member = max(years_before(birth, -18), years_before(today, 9))
    return {
        "name": persons.name(sex, birth.year),
        "sex": SEX_ZH[sex],
        "birth": birth,
        "phone": persons.phone(),
        "community": place.name,
        "dialects": "东北话、普通话",
        "joined": persons.day(eldest_member, today - timedelta(days=10)),
        **_starting_point(persons, (place.longitude, place.latitude), place.subdistrict, 0.7),
    }


def _volunteer(persons: Persons, place: Place, association: str, today: date) -> _HelperRow:
    is_young = association == "青年"
    skills = persons.random.sample(
        _YOUTH_SKILLS if is_young else _SENIOR_SKILLS, persons.random.randint(2, 4)
    )
    return _person(persons, place, (19, 38) if is_young else (56, 72), today) | {
        "kind": "志愿者",
        "association": association,
        "skills": "、".join(skills),
        "availability": _availability(persons),
        "weekly_capacity": persons.random.randint(1, 4),
        **(_certificate(persons, "心理咨询师证书", today) if "心理咨询" in skills else {}),
    }


def _staff(persons: Persons, place: Place, today: date) -> _HelperRow:
    return _person(persons, place, (25, 54), today) | {
        "kind": "社区专兼职",
        "association": "无",
        "skills": "、".join(persons.random.sample(_STAFF_SKILLS, 4)),
        "availability": "周一至周五",
        "weekly_capacity": persons.random.randint(8, 15),
    }


def _organisation(persons: Persons, name: str, skills: str, today: date) -> _HelperRow:
    return {
        "name": name,
        "kind": "服务机构",
        "phone": persons.phone(),
        "skills": skills,
        "availability": "每天",
        "weekly_capacity": persons.random.randint(30, 80),
        "joined": persons.day(years_before(today, 6), years_before(today, 1)),
        **_certificate(persons, "家庭服务备案", today),
        **_starting_point(persons, CENTRE, "市区", 2.0),
    }


def _clinics(communities: Sequence[Place]) -> list[tuple[str, Place]]:
    """A health service centre for the first community of each of the six subdistricts."""
    first = {place.subdistrict: place for place in reversed(communities)}
    return [(f"{name.removesuffix('街道')}社区卫生服务中心", place) for name, place in sorted(first.items())]


def _clinic(persons: Persons, name: str, place: Place, today: date) -> _HelperRow:
    return {
        "name": name,
        "kind": "医疗机构",
        "phone": persons.phone(),
        "community": place.name,
        "skills": persons.random.choice(_MEDICAL_SKILLS),
        "availability": "周一至周五;周六 08:00-12:00",
        "weekly_capacity": persons.random.randint(20, 45),
        "joined": persons.day(years_before(today, 6), years_before(today, 2)),
        **_certificate(persons, "医疗机构执业许可", today),
        **_starting_point(persons, (place.longitude, place.latitude), place.subdistrict, 0.5),
    }


def _starting_point(persons: Persons, origin: tuple[float, float], area: str, spread: float) -> _HelperRow:
    random = persons.random
    longitude, latitude = offset(origin, random.uniform(-spread, spread), random.uniform(-spread, spread))
    return {"address": f"{area} {random.randint(1, 300)} 号", "longitude": longitude, "latitude": latitude}


def _availability(persons: Persons) -> str:
    days = sorted(persons.random.sample(range(7), persons.random.randint(1, 4)))
    return "、".join(_DAYS[day] + persons.random.choice(_PARTS) for day in days)


def _certificate(persons: Persons, name: str, today: date) -> _HelperRow:
    return {
        "certificate": f"{name} 示-{persons.random.randint(1000, 9999)}",
        "certificate_expires": persons.day(today + timedelta(days=60), today + timedelta(days=1_400)),
    }
