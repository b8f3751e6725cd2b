"""Names, telephone and identity numbers that belong to nobody.

Telephones are 0434-0xxxxxx. `phonenumbers` takes them as valid landlines of the area, yet they can't ring: in
the national numbering plan 0 is the prefix of trunk calls, so no subscriber's number begins with it, and an
exchange that gets 0 after an area code has nobody to connect. Mainland China keeps no range of mobile numbers
for fiction, and every mobile block that `phonenumbers` knows may be in use.

Identity numbers have a real date and check digit and the place code 000000, which no place has.
"""

from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

from shared.tables.person_numbers import DEMO_PLACE, Sex

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_ELDER = {"male": "德福国振宝玉长永文景树广殿延世鸿", "female": "桂淑秀玉凤素兰雅云惠亚春丽瑞月敏"}
_ELDER_END = {"male": "山林海才祥和堂发臣春礼信田财清义", "female": "兰珍英芝荣琴芳华云霞香贤清梅范萍"}
_YOUNG = {"male": "宇浩子博嘉思明俊泽一天昊文志晓鹏", "female": "雨欣梦思佳晓诗雅静若一子慧悦婷美"}
_YOUNG_END = {"male": "轩然宁航阳成睿哲涛凯辰峰远铭东野", "female": "涵怡琪宁瑶雪晴妍彤雯月琳然颖帆宜"}
YOUNG_FROM = 1975


class Persons:
    """Gives out names, telephones and identity numbers from a seed, each once."""

    def __init__(self, seed: int) -> None:
        """Start the sequence; the same seed gives the same people in the same order."""
        self.random = Random(f"{seed}:persons")  # noqa: S311
        self._names: set[str] = set()
        self._phones = 0
        self._first_phone = self.random.randrange(1_000_000)
        self._sequences: dict[tuple[date, str], int] = {}

    def name(self, sex: Sex, born: int) -> str:
        """A name of three characters in the manner of the generation born around that year."""
        begin, end = (_YOUNG, _YOUNG_END) if born >= YOUNG_FROM else (_ELDER, _ELDER_END)
        while True:
            name = "".join(self.random.choice(signs) for signs in (SURNAMES, begin[sex], end[sex]))
            if name not in self._names:
                self._names.add(name)
                return name

    def phone(self) -> str:
        """A number that can't ring, as people write it."""
        # the step has no factor in common with a million, so all numbers come before any comes twice
        local = (self._first_phone + self._phones * 618_033) % 1_000_000
        self._phones += 1
        return f"0434-0{local:06}"

    def id_number(self, birth: date, sex: Sex) -> str:
        """An identity number with the right check digit and the place code of no place."""
        count = self._sequences.get((birth, sex), 0)
        self._sequences[birth, sex] = count + 1
        sequence = 2 * count + (1 if sex == "male" else 2)
        digits = f"{DEMO_PLACE}{birth:%Y%m%d}{sequence:03}"
        return digits + ric.calc_check_digit(digits + "0")

    def day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included."""
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def chance(self, share: float) -> bool:
        """True in that share of the calls."""
        return self.random.random() < share


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier (or later, if negative), 28 February for 29 where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
