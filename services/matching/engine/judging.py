"""One helper judged: rules of exclusion, then points in whole numbers that add up."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.matching.domain.helper_file import PERSONS
from services.matching.domain.languages import NEED_A_SPEAKER
from services.matching.domain.week import day_of
from services.matching.domain.weights import Weights
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, HelperFile, Judged, Rule
from shared.contracts.values import HelperKind, Slot, Urgency, Wish

LOOKS_BACK = timedelta(days=30)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HALVED = timedelta(days=30)
"""A late drop-out counts half after so long, a quarter after twice as long, and so on."""
ASSUMED_YES, ASSUMED = 2, 5
"""Answers that everybody is taken to have given: the rate of who has given few stands near two of five."""

Peers = Mapping[HelperKind, int]
"""Minutes that helpers of a kind who could come have served in 30 days or are booked for, on average."""


def judge(file: HelperFile, enquiry: Enquiry, times: Times, weights: Weights, peers: Peers) -> Judged | Rule:
    """With every part, or the first rule that excludes them."""
    slot = slot_or_rule(file, enquiry, times)
    if isinstance(slot, Rule):
        return slot
    metres = _metres(file, enquiry)
    weighed = (
        *_nearness(file, enquiry, metres, weights),
        *_burden(file, load(file, enquiry), weights, peers),
        *_fitness(file, enquiry, weights),
        *_history(file, enquiry, weights),
        ("waiting", *_waiting(enquiry, slot, weights)),
    )
    score = sum([points for _, points, _ in weighed])
    return Judged(file.facts.helper, file.facts.kind, score, weighed, metres, slot)


def slot_or_rule(file: HelperFile, enquiry: Enquiry, times: Times) -> Slot | Rule:
    """When they could come, or the first rule that excludes them."""
    rule = excluded(file, enquiry)
    if rule is not None:
        return rule
    slot = times.slot_for(file)
    if isinstance(slot, Slot) and file.certified and not certified(file, enquiry, slot):
        return Rule.CERTIFICATE
    return slot


Parts = tuple[tuple[str, int, object], ...]
"""Each with the figure it was made from: metres, minutes, offers, skills, visits, hours."""


def _nearness(file: HelperFile, enquiry: Enquiry, metres: int | None, weights: Weights) -> Parts:
    near = 0 if metres is None else max(0, weights.distance - metres // weights.metres_a_point)
    paired = weights.pairing if enquiry.need.cadre in file.paired else 0
    return ("pairing", paired, ""), ("distance", near, metres)


def _burden(file: HelperFile, served: int, weights: Weights, peers: Peers) -> Parts:
    offers = len(file.offers)
    above = served - peers.get(file.facts.kind, 0)
    most = weights.fairness_most
    return (
        ("load", max(weights.load_most, served * weights.load_an_hour // 60), served),
        ("fairness", max(-most, min(most, above * weights.fairness_an_hour // 60)), above),
        ("offers", weights.offer * offers, offers),
    )


def _fitness(file: HelperFile, enquiry: Enquiry, weights: Weights) -> Parts:
    need, facts, skills = enquiry.need, file.facts, len(file.facts.skills)
    wasted = max(file.price, scarcity(file.codes, enquiry))
    understood = bool(enquiry.side.dialect) and enquiry.side.dialect in facts.dialects
    return (
        ("skill_fit", min(weights.skill_fit, weights.skill_fit * len(need.skills) // max(1, skills)), skills),
        ("scarcity", -(wasted * weights.scarcity_percent // 100), wasted),
        ("dialect", weights.dialect if understood else 0, enquiry.side.dialect),
        ("glad", weights.glad if need.service in facts.glad else 0, ""),
    )


def _history(file: HelperFile, enquiry: Enquiry, weights: Weights) -> Parts:
    cadre, record = enquiry.need.cadre, file.record
    before, badly = file.facts.visits.get(cadre, 0), record.poorly.get(cadre, 0)
    wish = file.facts.wishes.get(cadre, Wish.NONE)
    rate = weights.reliability * (record.accepted + ASSUMED_YES) // (record.answered + ASSUMED)
    return (
        ("continuity", min(weights.continuity_most, weights.continuity * before), before),
        ("poorly", weights.poorly * badly, badly),
        ("wish", wished(wish, weights), wish),
        ("reliability", rate, f"{record.accepted}/{record.answered}"),
        ("drop_outs", drop_outs(record.faults, enquiry.at, weights), len(record.faults)),
    )


def _waiting(enquiry: Enquiry, slot: Slot, weights: Weights) -> tuple[int, int]:
    agreed, hours = enquiry.need.slot, (slot.start - enquiry.at) // HOUR
    waits = agreed is None or (agreed is not slot and agreed != slot)
    return max(weights.waiting_most, weights.waiting_an_hour * hours) if waits else 0, hours


def scarcity(codes: frozenset[str], enquiry: Enquiry) -> int:
    """What the dearest of these skills is worth more than the dearest that is needed, in points."""
    if not enquiry.prices:
        return 0
    dearest = max([enquiry.prices.get(code, 0) for code in codes], default=0)
    needed = max([enquiry.prices.get(code, 0) for code in enquiry.need.skills], default=0)
    return max(0, dearest - needed)


def wished(wish: Wish, weights: Weights) -> int:
    """Points of what the cadre wishes."""
    if wish is Wish.AGAIN:
        return weights.wish_again
    return weights.wish_rather_not if wish is Wish.RATHER_NOT else 0


def drop_outs(faults: tuple[datetime, ...], at: datetime, weights: Weights) -> int:
    """Points of late drop-outs and no-shows, each halved after each 30 days."""
    if not faults:
        return 0
    return -sum(-weights.drop_out >> max(0, (at - fault) // HALVED) for fault in faults)


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
    if facts.wishes.get(need.cadre) is Wish.NEVER:
        return Rule.UNWANTED
    if not file.codes.issuperset(need.skills):
        return Rule.SKILL
    if need.urgency is Urgency.RESCUE:
        return None
    elsewhere = need.community is not None and facts.community not in (None, need.community)
    if elsewhere and need.cadre not in file.paired:
        return Rule.COMMUNITY
    return _unsuited(file, enquiry)


def _unsuited(file: HelperFile, enquiry: Enquiry) -> Rule | None:
    """Sex and language: of persons, since an organisation sends somebody who suits."""
    facts, side = file.facts, enquiry.side
    if facts.kind not in PERSONS:
        return None
    if side.preferred_sex is not None and facts.sex not in (None, side.preferred_sex):
        return Rule.SEX
    if side.dialect in NEED_A_SPEAKER and side.dialect not in facts.dialects:
        return Rule.LANGUAGE
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
    return sum([minutes(slot) for slot in file.taken if slot.start >= begin])


def minutes(slot: Slot) -> int:
    """Whole ones."""
    return (slot.end - slot.start) // MINUTE
