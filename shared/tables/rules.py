"""Rules between the values of one row. A rule is left alone where a value it needs was refused already."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from shared.tables.columns import ORGANISATIONS, Kind
from shared.tables.explained import CellError, Words
from shared.tables.person_numbers import birth_in, sex_in

Values = Mapping[str, Any]
Broken = tuple[str, CellError]
"""The column to show the problem at, and the problem."""

FOUNDING = date(1949, 10, 1)
YOUNGEST, OLDEST = 50, 115
YOUNGEST_HELPER = 16
YOUNGEST_WORKER = 10
YOUNGEST_RETIRED = 40


def broken(kind: Kind, values: Values, today: date) -> Iterator[Broken]:
    """Each rule that a row's values break; `values` holds None for what is empty."""
    yield from _both(
        values, "longitude", "latitude", "经度和纬度须同填。", "Longitude and latitude go together."
    )
    if kind is Kind.CADRES:
        yield from _cadre(values, today)
        yield from _guarantors(values)
    elif kind is Kind.VOLUNTEERS:
        yield from _helper(values, today)


def age_on(birth: date, today: date) -> int:
    """Full years; someone born on 29 February turns a year older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _refusal(code: str, reason: tuple[str, str], todo: tuple[str, str]) -> CellError:
    return CellError(code, Words(*reason), Words(*todo))


def _missing(column: str, zh: str, en: str) -> Broken:
    return column, _refusal("missing", (zh, en), ("请补填。", "Fill it in."))


def _both(values: Values, one: str, other: str, zh: str, en: str) -> Iterator[Broken]:
    if one in values and other in values and (values[one] is None) != (values[other] is None):
        yield _missing(one if values[one] is None else other, zh, en)


def _cadre(values: Values, today: date) -> Iterator[Broken]:
    number, birth, sex = values.get("id_number"), values.get("birth"), values.get("sex")
    if number is not None:
        if birth is not None and birth != birth_in(number):
            yield "birth", _disagrees("出生日期", "date of birth")
        if sex is not None and sex != sex_in(number):
            yield "sex", _disagrees("性别", "sex")
        birth = birth_in(number)
    elif "id_number" in values:
        for column in ("birth", "sex"):
            if column in values and values[column] is None:
                yield _missing(column, "没有身份证号时必填。", "It is required without an identity number.")
    if birth is None:
        return
    if not YOUNGEST <= age_on(birth, today) <= OLDEST:
        yield (
            "birth" if values.get("birth") else "id_number",
            _refusal(
                "bad_age",
                (f"年龄应在 {YOUNGEST} 至 {OLDEST} 岁之间。", f"The age must be {YOUNGEST} to {OLDEST}."),
                ("请核对出生日期。", "Check the date of birth."),
            ),
        )
    yield from _career(values, birth, today)


def _disagrees(zh: str, en: str) -> CellError:
    return _refusal(
        "disagrees_with_id",
        (f"{zh}与身份证号不一致。", f"The {en} disagrees with the identity number."),
        ("请对照身份证核对。", "Compare both with the card."),
    )


def _career(values: Values, birth: date, today: date) -> Iterator[Broken]:
    joined, retired = values.get("joined_work"), values.get("retired")
    if values.get("category") == "lixiu" and "joined_work" in values:
        if joined is None:
            yield _missing("joined_work", "离休须填参加工作日期。", "It is required for lixiu.")
        elif joined >= FOUNDING:
            yield (
                "joined_work",
                _refusal(
                    "lixiu_joined_late",
                    (
                        "离休须在 1949 年 10 月 1 日前参加工作。",
                        "A lixiu cadre joined work before 1 October 1949.",
                    ),
                    ("请核对日期，或将类别改为退休。", "Check the date, or make the category 退休."),
                ),
            )
    if joined is not None and (joined > today or age_on(birth, joined) < YOUNGEST_WORKER):
        yield (
            "joined_work",
            _impossible(
                "参加工作时不满十岁或日期在今天之后。", "It is before the age of ten or after today."
            ),
        )
    if retired is not None and (
        retired > today
        or age_on(birth, retired) < YOUNGEST_RETIRED
        or (joined is not None and retired <= joined)
    ):
        yield (
            "retired",
            _impossible(
                "早于参加工作、不满四十岁或在今天之后。",
                "It is before joining work, before the age of 40 or after today.",
            ),
        )


def _impossible(zh: str, en: str) -> CellError:
    return _refusal("impossible_date", (zh, en), ("请核对日期。", "Check the date."))


def _guarantors(values: Values) -> Iterator[Broken]:
    for party in ("family", "unit", "bureau", "community"):
        name, phone = f"{party}_guarantor", f"{party}_guarantor_phone"
        if name in values and values[name] is None and values.get(phone) is not None:
            yield _missing(name, "有电话而没有包保人姓名。", "There is a telephone number without a name.")


def _helper(values: Values, today: date) -> Iterator[Broken]:
    kind, birth = values.get("kind"), values.get("birth")
    if kind is not None and kind not in ORGANISATIONS:
        for column in ("sex", "birth"):
            if column in values and values[column] is None:
                yield _missing(column, "个人服务者必填。", "It is required for persons.")
        if birth is not None and not YOUNGEST_HELPER <= age_on(birth, today) <= OLDEST:
            yield (
                "birth",
                _refusal(
                    "bad_age",
                    (f"应满 {YOUNGEST_HELPER} 岁。", f"A helper is {YOUNGEST_HELPER} or older."),
                    ("请核对出生日期。", "Check the date of birth."),
                ),
            )
    if kind == "community_staff" and values.get("community", "") is None:
        yield _missing("community", "社区专兼职须填社区。", "Community staff belong to a community.")
    if "skills" in values and values["skills"] == ():
        yield _missing("skills", "至少填一项服务。", "At least one service is needed.")
    if values.get("joined") is not None and values["joined"] > today:
        yield "joined", _impossible("日期在今天之后。", "It is after today.")
    yield from _both(values, "certificate", "certificate_expires", "证书和有效期须同填。", "Both or neither.")
    expires = values.get("certificate_expires")
    if expires is not None and expires < today:
        yield (
            "certificate_expires",
            _refusal(
                "certificate_expired",
                ("证书已过期。", "The certificate has expired."),
                ("请填新证书，或两栏都留空。", "Give the new one, or leave both columns empty."),
            ),
        )
