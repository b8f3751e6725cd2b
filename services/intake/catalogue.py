"""The catalogue of services that a bureau starts with, and which of them are alike."""

from services.intake.domain.service import SERVICE, DefineService, service_id
from shared.bus.envelope import Actor
from shared.contracts.values import HelperKind, Urgency
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work

_VOLUNTEER, _STAFF = HelperKind.VOLUNTEER, HelperKind.STAFF
_ORGANISATION, _INSTITUTION = HelperKind.ORGANISATION, HelperKind.INSTITUTION
_ROUTINE, _URGENT, _RESCUE = Urgency.ROUTINE, Urgency.URGENT, Urgency.RESCUE
_SCHEDULED = Urgency.SCHEDULED
_NEIGHBOURS = (_VOLUNTEER, _STAFF)
_CLINICAL = (_INSTITUTION,)


def _service(
    code: str,
    zh: str,
    en: str,
    kinds: tuple[HelperKind, ...],
    urgency: Urgency,
    minutes: int,
    *,
    recurs: bool,
) -> DefineService:
    return DefineService(
        code=code,
        zh=zh,
        en=en,
        skills=(code,),
        helper_kinds=kinds,
        urgency=urgency,
        minutes=minutes,
        recurs=recurs,
    )


CATALOGUE: tuple[DefineService, ...] = (
    _service("shopping", "购物", "Shopping", (*_NEIGHBOURS, _ORGANISATION), _ROUTINE, 60, recurs=False),
    _service("meals", "餐饮", "Meals", (*_NEIGHBOURS, _ORGANISATION), _ROUTINE, 45, recurs=True),
    _service("cleaning", "保洁", "Cleaning", (_ORGANISATION, _VOLUNTEER), _ROUTINE, 120, recurs=True),
    _service("nursing", "护理", "Nursing", (_ORGANISATION, _INSTITUTION), _ROUTINE, 120, recurs=True),
    _service("repair", "维修", "Repair", (_ORGANISATION, _VOLUNTEER), _ROUTINE, 90, recurs=False),
    _service("home_sickbed", "家庭病床", "Home sickbed", _CLINICAL, _URGENT, 60, recurs=True),
    _service("home_rounds", "上门巡诊", "Home rounds", _CLINICAL, _ROUTINE, 40, recurs=True),
    _service(
        "rescue", "应急救助", "Emergency rescue", (*_NEIGHBOURS, _INSTITUTION), _RESCUE, 60, recurs=False
    ),
    _service("lecture", "健康讲座", "Health lecture", (_INSTITUTION, _VOLUNTEER), _ROUTINE, 90, recurs=True),
    _service("visit", "走访", "Visit", _NEIGHBOURS, _ROUTINE, 45, recurs=True),
    _service(
        "counselling", "心理咨询", "Counselling", (_VOLUNTEER, _ORGANISATION, _INSTITUTION), _ROUTINE, 60,
        recurs=False,
    ),
    _service("hardship_aid", "帮困资金", "Hardship aid", (_STAFF,), _ROUTINE, 60, recurs=False),
    _service("study", "送学上门", "Study at home", _NEIGHBOURS, _SCHEDULED, 60, recurs=True),
    _service("activity", "活动", "Activity", _NEIGHBOURS, _SCHEDULED, 120, recurs=True),
    _service("contribution", "发挥作用", "Contribution", _NEIGHBOURS, _ROUTINE, 120, recurs=False),
)  # fmt: skip
"""The fifteen services of the bureau; what a helper must be able to do is named like the service."""

DEFAULTS = {service.code: service for service in CATALOGUE}

_ALIKE: tuple[frozenset[str], ...] = (
    frozenset({"shopping", "meals"}),
    frozenset({"cleaning", "repair"}),
    frozenset({"nursing", "home_sickbed", "home_rounds", "rescue", "visit"}),
    frozenset({"visit", "counselling"}),
    frozenset({"study", "lecture", "activity", "contribution"}),
)


def related(service: str) -> frozenset[str]:
    """The services for which a call may mean the same as one for `service`, itself included."""
    return frozenset({service}).union(*(group for group in _ALIKE if service in group))


async def define_services(store: EventStore) -> int:
    """Define what the catalogue lacks, leaving what a bureau has changed; gives how many."""
    work = Work(store, Actor("system:intake/define_services", "system"), seed="catalogue")
    made = 0
    for service in CATALOGUE:
        if await work.load(SERVICE, service_id(service.code)) is None:
            await work.execute(SERVICE, service_id(service.code), service)
            made += 1
    if made:
        await store.commit(work)
    return made
