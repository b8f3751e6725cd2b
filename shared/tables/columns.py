"""What a column of a file is, the closed lists its values come from, and the four kinds of file."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from shared.tables.checks import Choice, Parse
from shared.tables.explained import Cell


class Kind(Enum):
    """The files that can be read. `volunteers` holds all four kinds of helper, told apart by a column."""

    COMMUNITIES = "communities"
    CADRES = "cadres"
    VOLUNTEERS = "volunteers"
    BUDGETS = "budgets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `name` is the record's field too, `zh` the header that templates carry."""

    name: str
    zh: str
    parse: Parse
    help_zh: str
    help_en: str
    example: Cell = None
    required: bool = False
    zh_aliases: tuple[str, ...] = ()
    en_aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    drop_down: bool = True
    form: Literal["text", "date", "number"] = "text"

    @property
    def en(self) -> str:
        """The English header: the name in words."""
        return self.name.replace("_", " ")

    @property
    def headers(self) -> frozenset[str]:
        """Every header that means this column, folded."""
        return frozenset(folded(word) for word in (self.zh, self.name, *self.zh_aliases, *self.en_aliases))


def folded(header: str) -> str:
    """A header without what people vary: width, case, spaces, stars, dashes and colons."""
    return re.sub(r"[\s_*:\-/·.]", "", unicodedata.normalize("NFKC", header).casefold())


def meanings(header: str) -> tuple[str, ...]:
    """The folded header as it is, then without what stands in brackets, such as a unit."""
    whole = folded(header)
    return (re.sub(r"[()\[\]【】]", "", whole), re.sub(r"[(\[【][^)\]】]*[)\]】]?", "", whole))


def by_header(columns: tuple[Column, ...]) -> Mapping[str, Column]:
    """Folded header to column."""
    return {word: column for column in columns for word in column.headers}


YES_NO = (Choice("yes", "是", "yes"), Choice("no", "否", "no"))
SEXES = (
    Choice("male", "男", "male", ("m", "男性")),
    Choice("female", "女", "female", ("f", "女性")),
)
HELPER_SEXES = (*SEXES, Choice("any", "不限", "any", ("均可", "都可以")))
CATEGORIES = (
    Choice("lixiu", "离休", "lixiu", ("离休干部",)),
    Choice("tuixiu", "退休", "tuixiu", ("退休干部",)),
)
# From the highest down. In a county-level city a bureau or township (局、乡) stands at section level (科).
RANKS = (
    Choice("province_head", "正省(部)级", "province head", ("正省级", "正部级", "省部级正职")),
    Choice("province_deputy", "副省(部)级", "province deputy", ("副省级", "副部级", "省部级副职")),
    Choice(
        "department_head", "正厅级", "department head", ("正厅(局)级", "厅局级正职", "正地级", "正地厅级")
    ),
    Choice(
        "department_deputy", "副厅级", "department deputy", ("副厅(局)级", "厅局级副职", "副地级", "副地厅级")
    ),
    Choice("county_head", "正县级", "county head", ("正县(处)级", "正处级", "县处级正职", "县级", "县团级")),
    Choice("county_deputy", "副县级", "county deputy", ("副县(处)级", "副处级", "县处级副职")),
    Choice(
        "bureau_head", "正局级", "bureau head", ("正局(乡)级", "正科级", "正乡级", "正乡科级", "乡科级正职")
    ),
    Choice(
        "bureau_deputy",
        "副局级",
        "bureau deputy",
        ("副局(乡)级", "副科级", "副乡级", "副乡科级", "乡科级副职"),
    ),
    Choice("staff", "科员及以下", "staff", ("科员", "科员级", "办事员", "一般干部")),
)
HELPER_KINDS = (
    Choice("volunteer", "志愿者", "volunteer"),
    Choice("community_staff", "社区专兼职", "community staff", ("社区专兼职人员", "助老员", "社区助老员")),
    Choice(
        "service_organisation", "服务机构", "service organisation", ("社会服务机构", "service organization")
    ),
    Choice("medical_institution", "医疗机构", "medical institution", ("医疗卫生机构",)),
)
ORGANISATIONS = frozenset({"service_organisation", "medical_institution"})
ASSOCIATIONS = (
    Choice("youth", "青年", "youth", ("青年志愿者协会",)),
    Choice("seniors", "老年", "seniors", ("老年志愿者协会", "senior")),
    Choice("none", "无", "none", ("没有",)),
)
SERVICES = (
    Choice("shopping", "购物", "shopping"),
    Choice("meals", "餐饮", "meals", ("送餐", "助餐")),
    Choice("cleaning", "保洁", "cleaning"),
    Choice("nursing", "护理", "nursing"),
    Choice("repair", "维修", "repair"),
    Choice("home_sickbed", "家庭病床", "home sickbed"),
    Choice("home_rounds", "上门巡诊", "home rounds", ("巡诊",)),
    Choice("rescue", "应急救助", "rescue", ("紧急救助", "emergency rescue")),
    Choice("lecture", "健康讲座", "lecture", ("讲座", "health lecture")),
    Choice("visit", "走访", "visit"),
    Choice("counselling", "心理咨询", "counselling", ("counseling",)),
    Choice("hardship_aid", "帮困资金", "hardship aid", ("帮困",)),
    Choice("study", "送学上门", "study", ("study at home",)),
    Choice("activity", "活动", "activity"),
    Choice("contribution", "发挥作用", "contribution"),
)
