"""What a request is about and how its people behave, drawn from a seed: each choice by its own name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from shared.deadlines import SHANGHAI

T = TypeVar("T")

SERVICES: Mapping[str, int] = {
    "shopping": 14, "meals": 14, "cleaning": 11, "nursing": 8, "repair": 9, "home_sickbed": 3,
    "home_rounds": 8, "rescue": 3, "visit": 13, "counselling": 4, "hardship_aid": 7, "study": 4,
    "activity": 2,
}  # fmt: skip
"""How often each service is asked for."""

URGENCIES = {"rescue": "rescue", "home_sickbed": "urgent", "study": "scheduled", "activity": "scheduled"}
"""How pressing a service is; the others are routine."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "shopping": ("想请人代买米面油和降压药", "冬天路滑，请人帮忙买菜", "要买一袋面粉，自己提不动"),
    "meals": ("老伴住院，这几天没人做饭", "想订中午的软饭软菜", "手腕扭了，做不了饭"),
    "cleaning": ("窗户两年没擦，想请人打扫", "厨房油污太重", "搬了家具，地面要清一遍"),
    "nursing": ("卧床翻身需要人帮手", "出院后伤口要换药", "洗澡需要有人搀扶"),
    "repair": ("水龙头漏水", "厕所灯不亮了", "暖气片一直不热"),
    "home_sickbed": ("长期卧床，想在家建病床", "出院后要继续输液"),
    "home_rounds": ("血压不稳，请医生上门看看", "腿肿了几天，出不了门", "想量血糖和血压"),
    "rescue": ("在家摔倒起不来", "胸口发闷，家里没人", "煤气味很重，人有些晕"),
    "visit": ("很久没人来坐坐", "请社区来看看老同志", "想有人说说话"),
    "counselling": ("老伴走后睡不着", "心里烦闷，想找人谈谈"),
    "hardship_aid": ("大病自费部分太多，申请帮困", "家里失火，一时周转不开", "护工费用负担不起"),
    "study": ("行动不便，请送学习材料上门", "想听支部学习的录音"),
    "activity": ("想参加书法活动，要人接送", "想去社区合唱队"),
}
"""What callers say."""


@dataclass(frozen=True)
class Story:
    """One request's script. Choices depend on the seed, the number and what is chosen, on nothing else."""

    seed: int
    number: str

    def random(self, what: str) -> Random:
        """The numbers for this choice."""
        return Random(f"{self.seed}/{self.number}/{what}")  # noqa: S311  a script, no secret

    def chance(self, what: str, share: float) -> bool:
        """Whether this happens, in `share` of the stories."""
        return self.random(what).random() < share

    def one_of(self, what: str, choices: Sequence[T]) -> T:
        """One of them."""
        return self.random(what).choice(choices)

    def weighted(self, what: str, weights: Mapping[T, float]) -> T:
        """One of them, by weight."""
        return self.random(what).choices(list(weights), list(weights.values()))[0]

    def between(self, what: str, least: float, most: float) -> float:
        """A number between the two."""
        return self.random(what).uniform(least, most)


def call_times(seed: int, first: datetime, last: datetime, per_day: float) -> list[datetime]:
    """When people call from `first` to `last`: mostly in the mornings of working days, seldom at night."""
    times: list[datetime] = []
    day: date = first.astimezone(SHANGHAI).date()
    while day <= last.astimezone(SHANGHAI).date():
        random = Random(f"{seed}/calls/{day.isoformat()}")  # noqa: S311  a script, no secret
        count = round(per_day * random.uniform(0.7, 1.3) * (1.08 if day.isoweekday() < 6 else 0.8))  # noqa: PLR2004
        for _ in range(count):
            hour = random.choices(
                range(24), [1] * 6 + [2, 5, 12, 14, 11, 7, 3, 6, 9, 8, 6, 4, 3, 3, 2, 2, 1, 1]
            )[0]
            at = datetime.combine(day, time(hour, random.randrange(60)), SHANGHAI).astimezone(UTC)
            if first <= at < last:
                times.append(at)
        day += timedelta(days=1)
    return sorted(times)
