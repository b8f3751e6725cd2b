"""One helper judged: rules of exclusion, then points in whole numbers that add up."""

from dataclasses import dataclass
from datetime import timedelta

from services.matching.domain.helper_file import PERSONS
from services.matching.domain.week import day_of
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, HelperFile, Judged, Rule
from shared.contracts.values import Slot, Urgency

LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Weights:
    """Points. Distance loses a point for each `metres_a_point`, load and waiting so many an hour."""

    pairing: int = 400
    distance: int = 300
    metres_a_point: int = 10
    load_an_hour: int = -10
    load_most: int = -200
    offer: int = -60
    skill_fit: int = 100
    dialect: int = 80
    continuity: int = 40
    continuity_most: int = 160
    waiting_an_hour: int = -2
    waiting_most: int = -120


def judge(file: HelperFile, enquiry: Enquiry, times: Times, weights: Weights) -> Judged | Rule:
    """With every part, or the first rule that excludes them.

    Pairing counts most, then who is near, fitting, known to the cadre and not yet loaded.
    """
    rule = excluded(file, enquiry)
    if rule is not None:
        return rule
    slot = times.slot_for(file)
    if isinstance(slot, Rule):
        return slot
    if file.certified and not certified(file, enquiry, slot):
        return Rule.CERTIFICATE
    metres = _metres(file, enquiry)
    weighed = _weighed(file, enquiry, slot, metres, weights)
    score = sum([points for _, points, _ in weighed])
    return Judged(file.facts.helper, file.facts.kind, score, weighed, metres, slot)


def _weighed(
    file: HelperFile, enquiry: Enquiry, slot: Slot, metres: int | None, weights: Weights
) -> tuple[tuple[str, int, object], ...]:
    """Each part with the figure it was made from: metres, minutes, visits, hours, offers."""
    need, facts = enquiry.need, file.facts
    near = 0 if metres is None else max(0, weights.distance - metres // weights.metres_a_point)
    served, offers, skills = load(file, enquiry), len(file.offers), len(facts.skills)
    loaded = max(weights.load_most, served * weights.load_an_hour // 60)
    fit = min(weights.skill_fit, weights.skill_fit * len(need.skills) // max(1, skills))
    dialect = weights.dialect if _understood(file, enquiry) else 0
    before = facts.visits.get(need.cadre, 0)
    known = min(weights.continuity_most, weights.continuity * before)
    hours = int((slot.start - enquiry.at).total_seconds()) // 3600
    waits = need.slot is None or need.slot != slot
    waiting = max(weights.waiting_most, weights.waiting_an_hour * hours) if waits else 0
    return (
        ("pairing", weights.pairing if need.cadre in file.paired else 0, ""),
        ("distance", near, metres),
        ("load", loaded, served),
        ("offers", weights.offer * offers, offers),
        ("skill_fit", fit, skills),
        ("dialect", dialect, enquiry.side.dialect),
        ("continuity", known, before),
        ("waiting", waiting, hours),
    )


def excluded(file: HelperFile, enquiry: Enquiry) -> Rule | None:
    """The first rule that holds, of those that need no time. 特急 asks anyone near, of either sex."""
    need, facts = enquiry.need, file.facts
    if file.left:
        return Rule.LEFT
    if not file.active:
        return Rule.SUSPENDED
    if facts.kind not in need.helper_kinds:
        return Rule.KIND
    if file.helper in enquiry.barred:
        return Rule.BARRED
    if file.helper in enquiry.asked:
        return Rule.ALREADY_ASKED
    if need.cadre in facts.recused:
        return Rule.RECUSED
    if not file.codes.issuperset(need.skills):
        return Rule.SKILL
    if need.urgency is Urgency.RESCUE:
        return None
    elsewhere = need.community is not None and facts.community not in (None, need.community)
    if elsewhere and need.cadre not in file.paired:
        return Rule.COMMUNITY
    wanted = enquiry.side.preferred_sex
    if wanted is not None and facts.kind in PERSONS and facts.sex not in (None, wanted):
        return Rule.SEX
    return None


def certified(file: HelperFile, enquiry: Enquiry, slot: Slot) -> bool:
    """Whether every certificate that the service needs is good on the day of the visit."""
    day = day_of(slot.start)
    good = {skill.code for skill in file.facts.skills if skill.until is None or skill.until >= day}
    return good.issuperset(enquiry.need.skills)


def _metres(file: HelperFile, enquiry: Enquiry) -> int | None:
    profile, home = file.facts.profile, enquiry.side.home
    if profile is None or profile.home is None or home is None or profile.home.datum != home.datum:
        return None
    return profile.home.metres_to(home)


def load(file: HelperFile, enquiry: Enquiry) -> int:
    """Minutes served in the last 30 days, and booked ahead."""
    begin = enquiry.at - LOOKS_BACK
    return sum(minutes(slot) for slot in file.taken if slot.start >= begin)


def minutes(slot: Slot) -> int:
    """Whole ones."""
    return int((slot.end - slot.start).total_seconds()) // 60


def _understood(file: HelperFile, enquiry: Enquiry) -> bool:
    return bool(enquiry.side.dialect) and enquiry.side.dialect in file.facts.dialects
