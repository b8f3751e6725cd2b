"""The columns of communities, helpers and budgets, and of every kind together."""

from collections.abc import Mapping

from shared.tables.availability import availability
from shared.tables.checks import choice_of, code, day, items, list_of, text_of
from shared.tables.columns import ASSOCIATIONS, HELPER_KINDS, SERVICES, SEXES, Column, Kind
from shared.tables.figures import latitude, longitude, money, whole_of, year
from shared.tables.person_numbers import phone
from shared.tables.register_columns import CADRE_COLUMNS

EXAMPLE_MARK = "示例"
"""A row whose first column begins with this (or SHILI- for codes) is the template's and isn't imported."""
EXAMPLE_CODE = "SHILI"

_LONGITUDE = Column(
    name="longitude", zh="经度", parse=longitude, form="number", example=124.82, en_aliases=("lon", "lng"),
    help_zh="WGS-84 小数度，与纬度同填。", help_en="WGS-84 decimal degrees, with the latitude.",
)  # fmt: skip
_LATITUDE = Column(
    name="latitude", zh="纬度", parse=latitude, form="number", example=43.5, en_aliases=("lat",),
    help_zh="WGS-84 小数度，与经度同填。", help_en="WGS-84 decimal degrees, with the longitude.",
)  # fmt: skip

COMMUNITY_COLUMNS: tuple[Column, ...] = (
    Column(
        name="code", zh="社区编码", parse=code, required=True, example=f"{EXAMPLE_CODE}-01",
        zh_aliases=("编码", "编号"), en_aliases=("community code",), help_zh="不重复、不再改，如 HB-01。",
        help_en="Unique and never changed, such as HB-01.",
    ),
    Column(
        name="name", zh="社区名称", parse=text_of(40), required=True, example="示例社区",
        zh_aliases=("社区", "名称"), en_aliases=("community", "community name"), help_zh="社区全称。",
        help_en="Full name.",
    ),
    Column(
        name="subdistrict", zh="街道", parse=text_of(40), required=True, example="示例街道",
        zh_aliases=("所属街道", "街道名称"), help_zh="所属街道全称。", help_en="The subdistrict's full name.",
    ),
    _LONGITUDE,
    _LATITUDE,
    Column(
        name="address", zh="地址", parse=text_of(200), example="示例路 1 号",
        zh_aliases=("办公地址", "社区地址"), help_zh="服务站地址。", help_en="Address of the service point.",
    ),
    Column(
        name="phone", zh="电话", parse=phone, example="0434-0100003", zh_aliases=("联系电话", "值班电话"),
        en_aliases=("telephone",), help_zh="手机，或区号加座机。", help_en="Mobile, or area code and number.",
    ),
    Column(
        name="party_branch", zh="离退休干部党支部", parse=text_of(60), example="示例社区离退休干部党支部",
        zh_aliases=("党支部",), help_zh="支部全称。", help_en="Full name of the branch.",
    ),
)  # fmt: skip

VOLUNTEER_COLUMNS: tuple[Column, ...] = (
    Column(
        name="name", zh="姓名或名称", parse=text_of(60), required=True, example="示例李四",
        zh_aliases=("姓名", "名称", "机构名称"), en_aliases=("full name",),
        help_zh="机构填全称。以“示例”开头的行不导入。",
        help_en="Organisations in full. Rows beginning with 示例 are skipped.",
    ),
    Column(
        name="kind", zh="服务者类别", parse=choice_of(HELPER_KINDS), choices=HELPER_KINDS, required=True,
        example="志愿者", zh_aliases=("类别", "服务者类型"), en_aliases=("helper kind",),
        help_zh="四类服务者之一。", help_en="One of the four kinds of helper.",
    ),
    Column(
        name="sex", zh="性别", parse=choice_of(SEXES), choices=SEXES, example="男", en_aliases=("gender",),
        help_zh="个人必填，机构留空。", help_en="Required for persons, empty for organisations.",
    ),
    Column(
        name="birth", zh="出生日期", parse=day, form="date", example="1990-05-04",
        en_aliases=("birth date", "date of birth"), help_zh="个人必填，机构留空；满 16 岁。",
        help_en="Required for persons, of 16 years and more.",
    ),
    Column(
        name="phone", zh="电话", parse=phone, required=True, example="0434-0100004",
        zh_aliases=("联系电话", "手机", "手机号"), en_aliases=("telephone", "mobile"),
        help_zh="手机，或区号加座机。", help_en="Mobile, or area code and number.",
    ),
    Column(
        name="association", zh="志愿者协会", parse=choice_of(ASSOCIATIONS), choices=ASSOCIATIONS,
        example="青年", zh_aliases=("所属协会", "协会"), help_zh="青年、老年或无；空为无。",
        help_en="Youth, seniors or none; empty means none.",
    ),
    Column(
        name="community", zh="社区", parse=text_of(60), example="HB-01",
        zh_aliases=("所在社区", "社区编码", "社区名称"), en_aliases=("community code", "community name"),
        help_zh="编码或名称；社区专兼职必填。", help_en="Code or name; required for community staff.",
    ),
    Column(
        name="skills", zh="服务项目", parse=list_of(SERVICES), choices=SERVICES, drop_down=False,
        required=True, example="购物、走访", zh_aliases=("技能", "可提供服务", "服务技能"),
        en_aliases=("services",), help_zh="可提供的服务项目，用顿号隔开。",
        help_en="The services offered, separated by commas.",
    ),
    Column(
        name="certificate", zh="证书", parse=text_of(80), zh_aliases=("资格证书", "执业证书", "资质"),
        help_zh="证书名称和编号。", help_en="Name and number of the certificate.",
    ),
    Column(
        name="certificate_expires", zh="证书有效期", parse=day, form="date", zh_aliases=("证书有效期至",),
        en_aliases=("certificate expiry",), help_zh="有证书时必填，未过期。",
        help_en="Required with a certificate; not past.",
    ),
    Column(
        name="availability", zh="每周可服务时间", parse=availability, example="周一上午、周三全天",
        zh_aliases=("可服务时间", "空闲时间"), en_aliases=("available",),
        help_zh="如“周一上午、周三全天、周六 14:00-16:30”。",
        help_en="Such as “Mon am; Wed; Sat 14:00-16:30”.",
    ),
    Column(
        name="weekly_capacity", zh="每周服务次数上限", parse=whole_of(0, 500), form="number", required=True,
        example=2, zh_aliases=("每周次数", "每周服务次数"),
        en_aliases=("capacity per week", "capacity", "visits per week"), help_zh="一周最多上门几次。",
        help_en="How many visits a week at most.",
    ),
    Column(
        name="address", zh="地址", parse=text_of(200), example="示例路 1 号", zh_aliases=("住址",),
        help_zh="出发地点。", help_en="Where the helper sets out.",
    ),
    _LONGITUDE,
    _LATITUDE,
    Column(
        name="dialects", zh="方言", parse=items, example="东北话、普通话", zh_aliases=("语言",),
        en_aliases=("dialect", "languages"), help_zh="用顿号隔开。", help_en="Separated by commas.",
    ),
    Column(
        name="joined", zh="加入日期", parse=day, form="date", example="2020-03-05",
        zh_aliases=("注册日期", "入会日期"), en_aliases=("joined date",), help_zh="不晚于今天。",
        help_en="Not after today.",
    ),
)  # fmt: skip

BUDGET_COLUMNS: tuple[Column, ...] = (
    Column(
        name="fund", zh="资金编码", parse=code, required=True, example=f"{EXAMPLE_CODE}-BK",
        zh_aliases=("资金代码",), en_aliases=("fund code",), help_zh="一项资金一个编码。",
        help_en="One code a fund.",
    ),
    Column(
        name="fund_name", zh="资金名称", parse=text_of(60), required=True, example="示例帮困资金",
        zh_aliases=("资金",), help_zh="资金全称。", help_en="Full name of the fund.",
    ),
    Column(
        name="year", zh="年度", parse=year, form="number", required=True, example=2026,
        zh_aliases=("预算年度", "年份"), help_zh="四位数字。一项资金一年一行。",
        help_en="Four digits. One row for each fund and year.",
    ),
    Column(
        name="amount_fen", zh="金额", parse=money, form="number", required=True, example="50000.00",
        zh_aliases=("金额(元)", "预算金额", "预算"), en_aliases=("amount", "amount yuan"),
        help_zh="元，最多两位小数；可写 5万。", help_en="Yuan, at most two decimals; 5万 is understood.",
    ),
    Column(
        name="community", zh="社区", parse=text_of(60), zh_aliases=("社区编码", "社区名称"),
        en_aliases=("community code",), help_zh="专给某社区时填；空为全市。",
        help_en="Only if the money is for one community; empty means the city.",
    ),
    Column(
        name="note", zh="备注", parse=text_of(500, lines=True), zh_aliases=("说明",), en_aliases=("notes",),
        help_zh="依据文件等。", help_en="Such as the document it rests on.",
    ),
)  # fmt: skip

COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.COMMUNITIES: COMMUNITY_COLUMNS,
    Kind.CADRES: CADRE_COLUMNS,
    Kind.VOLUNTEERS: VOLUNTEER_COLUMNS,
    Kind.BUDGETS: BUDGET_COLUMNS,
}

EITHER: Mapping[Kind, tuple[tuple[str, ...], ...]] = {Kind.CADRES: (("id_number",), ("birth", "sex"))}
"""Of these sets of columns a file must have at least one whole."""
