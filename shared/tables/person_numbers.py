"""Numbers that name a person: the resident identity number and telephone numbers."""

import re
from datetime import date
from typing import Literal

import phonenumbers
from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from shared.tables.checks import plain
from shared.tables.explained import Cell, CellError, Words

Sex = Literal["male", "female"]

DEMO_PLACE = "000000"
"""Place code of generated people. No place has it, so such a number can't be anybody's."""

_PHONE_SIGNS = re.compile(r"[+(]?[0-9][0-9 ()\-]{4,24}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－", "-"))
_MAX_EXACT_DIGITS = 15


def id_number(cell: Cell, _today: date) -> str:
    """A resident identity number of GB 11643-1999: 18 signs, a real date, its check digit.

    Of the place only the province is looked at: `stdnum.cn.ric.validate` also wants the county's code
    to have existed in the year of birth, which refuses everybody who was an adult when the numbers came
    in 1984. `DEMO_PLACE` passes too.
    """
    text = plain(cell).replace(" ", "").upper()
    if isinstance(cell, int | float) or "E+" in text:
        raise CellError(
            "id_number_rounded",
            Words(
                "身份证号被存成了数字，末几位已丢失。",
                "The cell holds a number, and its last digits are lost.",
            ),
            Words("请把该列设为“文本”后重新填写。", "Set the column to text and type the number again."),
        )
    if not re.fullmatch("[0-9]{17}[0-9X]", text):
        raise _bad_id("长度或字符不对，应为 18 位", "it needs 17 digits and a digit or X")
    if text[:6] != DEMO_PLACE and not any(found for _, found in numdb.get("cn/loc").info(text[:2])):
        raise _bad_id("省份代码不存在", "no province has this code")
    try:
        ric.get_birth_date(text)
    except (ValidationError, ValueError) as error:
        raise _bad_id("出生日期不存在", "the date of birth in it doesn't exist") from error
    if text[-1] != ric.calc_check_digit(text):
        raise _bad_id("校验位不对", "the check digit is wrong")
    return text


def _bad_id(zh: str, en: str) -> CellError:
    return CellError(
        "bad_id_number",
        Words(f"身份证号有误：{zh}。", f"The identity number is wrong: {en}."),
        Words("请对照身份证核对。", "Compare it with the card."),
    )


def birth_in(number: str) -> date:
    """The date of birth in a checked identity number."""
    return ric.get_birth_date(number)


def sex_in(number: str) -> Sex:
    """The sex in a checked identity number: the 17th digit is odd for men."""
    return "male" if int(number[16]) % 2 else "female"


def phone(cell: Cell, _today: date) -> str:
    """A mobile or landline number in E.164; without a country code it is of mainland China."""
    text = plain(cell).translate(_DASHES)
    if isinstance(cell, bool) or not _PHONE_SIGNS.fullmatch(text):
        raise _bad_phone(
            "请写 11 位手机号，或区号加座机号。", "Give 11 digits, or an area code and a number."
        )
    digits = re.sub(r"[^0-9+]", "", text)
    if isinstance(cell, int | float) and len(digits) > _MAX_EXACT_DIGITS:
        raise _bad_phone("请把该列设为“文本”。", "Set the column to text.")
    if re.fullmatch("[2-9][0-9]{6,7}", digits):
        raise _bad_phone("座机请加区号，如 0434-6200000。", "Add the area code, such as 0434.")
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException as error:
        raise _bad_phone("请核对号码。", "Check the number.") from error
    if not phonenumbers.is_valid_number(number):
        raise _bad_phone("请核对位数和号段。", "Check the number of digits and the prefix.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _bad_phone(zh: str, en: str) -> CellError:
    return CellError(
        "bad_phone", Words("不是有效的电话号码。", "It is no valid telephone number."), Words(zh, en)
    )
