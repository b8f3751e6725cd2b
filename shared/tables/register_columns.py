"""The columns of the register of cadres."""

from shared.tables.checks import choice_of, day, person_name, text_of, yes_no
from shared.tables.columns import CATEGORIES, HELPER_SEXES, RANKS, SEXES, YES_NO, Column
from shared.tables.figures import latitude, longitude
from shared.tables.hardship import assessment
from shared.tables.person_numbers import id_number, phone

_UNTIL_ZH = "填评估有效期；填“是”按一年计；没有则留空。"
_UNTIL_EN = "The day the assessment holds until; 是 counts as a year; empty if it doesn't apply."


def _hardship(name: str, zh: str, example: str | None, *zh_aliases: str) -> Column:
    return Column(
        name=name,
        zh=zh,
        parse=assessment,
        zh_aliases=zh_aliases,
        example=example,
        help_zh=_UNTIL_ZH,
        help_en=_UNTIL_EN,
    )


def _guarantor(party: str, zh: str, en: str, example: str) -> tuple[Column, Column]:
    return (
        Column(
            name=f"{party}_guarantor", zh=f"{zh}包保人", parse=person_name, example=example,
            zh_aliases=(f"{zh}包保人姓名", f"{zh}联系人"), en_aliases=(f"{en} guarantor name",),
            help_zh=f"四位一体包保：{zh}一方的包保人。",
            help_en=f"Four-party guarantee: the guarantor of the {en}.",
        ),
        Column(
            name=f"{party}_guarantor_phone", zh=f"{zh}包保人电话", parse=phone, example="0434-0100002",
            zh_aliases=(f"{zh}联系人电话",), help_zh="手机，或区号加座机。",
            help_en="Mobile, or area code and number.",
        ),
    )  # fmt: skip


_FAMILY_NAME, _FAMILY_PHONE = _guarantor("family", "家庭", "family", "示例家属")

CADRE_COLUMNS: tuple[Column, ...] = (
    Column(
        name="name", zh="姓名", parse=person_name, required=True, example="示例张三",
        en_aliases=("full name",), help_zh="2 至 30 个字。以“示例”开头的行不导入。",
        help_en="2 to 30 letters. Rows beginning with 示例 are skipped.",
    ),
    Column(
        name="id_number", zh="身份证号", parse=id_number, example="000000195003070024",
        zh_aliases=("身份证号码", "公民身份号码", "身份证"), en_aliases=("id", "identity number"),
        help_zh="18 位；暂无时须填性别和出生日期。",
        help_en="18 signs; without it sex and birth are required.",
    ),
    Column(
        name="sex", zh="性别", parse=choice_of(SEXES), choices=SEXES, example="女", en_aliases=("gender",),
        help_zh="须与身份证号一致。", help_en="Must agree with the identity number.",
    ),
    Column(
        name="birth", zh="出生日期", parse=day, form="date", example="1950-03-07",
        zh_aliases=("出生年月日", "生日"), en_aliases=("birth date", "date of birth", "born"),
        help_zh="须与身份证号一致；年龄 50 至 115 岁。", help_en="Must agree with the number; age 50 to 115.",
    ),
    Column(
        name="category", zh="类别", parse=choice_of(CATEGORIES), choices=CATEGORIES, required=True,
        example="退休", zh_aliases=("干部类别", "离退休类别"), help_zh="离休须在 1949-10-01 前参加工作。",
        help_en="lixiu joined work before 1949-10-01.",
    ),
    Column(
        name="joined_work", zh="参加工作日期", parse=day, form="date", example="1970-08-01",
        zh_aliases=("参加工作时间", "参加革命工作时间"), en_aliases=("joined",), help_zh="离休必填。",
        help_en="Required for lixiu.",
    ),
    Column(
        name="retired", zh="离退休日期", parse=day, form="date", example="2005-03-31",
        zh_aliases=("离退休时间", "退休日期", "退休时间"), en_aliases=("retired date", "retirement date"),
        help_zh="在参加工作之后。", help_en="After joining work.",
    ),
    Column(
        name="rank", zh="职级", parse=choice_of(RANKS), choices=RANKS, example="副局级",
        zh_aliases=("级别", "行政级别"),
        help_zh="信息库收录离休和市管副局(乡)级以上退休；正科即正局(乡)，副科即副局(乡)。",
        help_en="The base covers lixiu, and tuixiu of bureau deputy and above whom the city manages.",
    ),
    Column(
        name="managing_unit", zh="原单位", parse=text_of(60), example="示例局",
        zh_aliases=("管理单位", "工作单位", "原工作单位"), en_aliases=("unit", "original unit"),
        help_zh="原工作或管理单位全称。", help_en="Full name of the unit.",
    ),
    Column(
        name="city_managed", zh="市管干部", parse=yes_no, choices=YES_NO, example="是",
        zh_aliases=("是否市管", "市委管理"), help_zh="是否由市委管理；空为否。",
        help_en="Managed by the city; empty means no.",
    ),
    Column(
        name="party_member", zh="党员", parse=yes_no, choices=YES_NO, example="是",
        zh_aliases=("是否党员", "中共党员"), help_zh="空为否。", help_en="Empty means no.",
    ),
    Column(
        name="party_branch", zh="所在党支部", parse=text_of(60), example="示例社区离退休干部党支部",
        zh_aliases=("党支部",), help_zh="党员所在的支部。", help_en="The member's branch.",
    ),
    Column(
        name="community", zh="社区", parse=text_of(60), required=True, example="HB-01",
        zh_aliases=("所在社区", "居住社区", "社区编码", "社区名称"),
        en_aliases=("community code", "community name"), help_zh="社区编码或名称，社区须已导入。",
        help_en="Code or name; communities are imported first.",
    ),
    Column(
        name="address", zh="住址", parse=text_of(200), example="示例路 1 号",
        zh_aliases=("家庭住址", "现住址", "地址"), help_zh="楼、单元、门牌。",
        help_en="Building, entrance, door.",
    ),
    Column(
        name="longitude", zh="经度", parse=longitude, form="number", example=124.82,
        en_aliases=("lon", "lng"), help_zh="WGS-84 小数度，与纬度同填。",
        help_en="WGS-84 decimal degrees, with the latitude.",
    ),
    Column(
        name="latitude", zh="纬度", parse=latitude, form="number", example=43.5, en_aliases=("lat",),
        help_zh="WGS-84 小数度，与经度同填。", help_en="WGS-84 decimal degrees, with the longitude.",
    ),
    Column(
        name="phone", zh="电话", parse=phone, example="0434-0100001",
        zh_aliases=("联系电话", "手机", "手机号", "电话号码"), en_aliases=("telephone", "mobile"),
        help_zh="手机，或区号加座机。", help_en="Mobile, or area code and number.",
    ),
    Column(
        name="second_phone", zh="备用电话", parse=phone, zh_aliases=("第二电话", "其他电话"),
        help_zh="打不通时拨打。", help_en="Called when the first doesn't answer.",
    ),
    _hardship("lives_alone", "独居", None, "是否独居"),
    _hardship("empty_nest", "空巢", "是", "是否空巢"),
    _hardship("bedridden", "长期卧病", None, "长期卧床", "长期卧病在床", "卧床"),
    _hardship("no_self_care", "不能自理", None, "生活不能自理", "失能"),
    Column(
        name="dialect", zh="方言", parse=text_of(30), example="东北话", zh_aliases=("语言", "口音"),
        en_aliases=("language",), help_zh="交流用的方言或语言。", help_en="The dialect or language spoken.",
    ),
    Column(
        name="preferred_helper_sex", zh="希望服务者性别", parse=choice_of(HELPER_SEXES), choices=HELPER_SEXES,
        example="不限", zh_aliases=("服务者性别要求",), help_zh="空为不限。", help_en="Empty means any.",
    ),
    _FAMILY_NAME,
    Column(
        name="family_relation", zh="家庭包保人关系", parse=text_of(20), example="女儿",
        zh_aliases=("与本人关系", "关系"), en_aliases=("relation",), help_zh="如儿子、女儿、配偶。",
        help_en="Such as son, daughter, spouse.",
    ),
    _FAMILY_PHONE,
    *_guarantor("unit", "原单位", "unit", "示例单位人"),
    *_guarantor("bureau", "老干部局", "bureau", "示例局里人"),
    *_guarantor("community", "社区", "community", "示例社区人"),
    Column(
        name="notes", zh="备注", parse=text_of(1000, lines=True), zh_aliases=("说明",),
        en_aliases=("note", "remarks"), help_zh="不写病情和病历。", help_en="No medical details.",
    ),
)  # fmt: skip
