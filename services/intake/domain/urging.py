"""How urgent a request looks from what was said, and by what: a suggestion, which people overrule."""

from collections.abc import Collection
from dataclasses import dataclass

from shared.contracts.values import Flag, Urgency

RESCUE_SIGNS = (
    "救命", "昏迷", "晕倒", "昏倒", "不省人事", "没反应", "叫不醒", "摔倒", "跌倒", "摔了", "胸痛", "胸口疼",
    "喘不上气", "呼吸困难", "大出血", "中风", "抽搐", "触电", "着火", "起火", "煤气味", "燃气味", "煤气中毒",
    "走失", "轻生", "自杀",
    "unconscious", "fell", "chest pain", "can't breathe", "bleeding", "stroke", "on fire", "smell of gas",
)  # fmt: skip
URGENT_SIGNS = (
    "漏水", "跑水", "冒水", "停电", "断电", "停水", "停暖", "没暖气", "断药", "没药", "药没了",
    "发烧", "高烧", "没吃饭", "没吃的", "断粮", "反锁", "打不开门", "没带钥匙", "下水道堵", "疼得厉害",
    "leak", "no power", "no water", "no heating", "out of medicine", "fever", "nothing to eat", "locked out",
)  # fmt: skip
FRAIL = (Flag.BEDRIDDEN, Flag.NO_SELF_CARE)
CANNOT_WAIT = frozenset({"meals", "nursing", "home_rounds", "home_sickbed"})
"""Services that those who can't help themselves can't do without for a day."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An urgency, and what speaks for it: the words said, hardships, or the service's usual one."""

    urgency: Urgency
    signs: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    by_service: bool = False


def suggest(said: str, service: str, usual: Urgency | None, flags: Collection[Flag]) -> Suggestion:
    """The gravest that what was `said` speaks for, never less than is `usual` for the service."""
    words = said.lower()
    held = tuple(flag for flag in Flag if flag in flags)
    rescue = tuple(sign for sign in RESCUE_SIGNS if sign in words)
    if rescue:
        return Suggestion(Urgency.RESCUE, rescue)
    if usual is Urgency.RESCUE:
        return Suggestion(Urgency.RESCUE, by_service=True)
    urgent = tuple(sign for sign in URGENT_SIGNS if sign in words)
    if urgent:
        return Suggestion(Urgency.URGENT, urgent, held)
    frail = tuple(flag for flag in held if flag in FRAIL)
    if frail and service in CANNOT_WAIT:
        return Suggestion(Urgency.URGENT, flags=frail, by_service=True)
    return Suggestion(usual or Urgency.ROUTINE, by_service=usual is not None)
