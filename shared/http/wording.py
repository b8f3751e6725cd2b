"""What pydantic finds wrong, said in Chinese or in plain English."""

from collections.abc import Mapping
from typing import Any

_LISTS = ("expected", "expected_tags")
_ZH = {
    "missing": "必填。请填写。",
    "extra_forbidden": "没有这个字段。请删去，或核对字段名。",
    "json_invalid": "不是有效的 JSON。请检查格式。",
    "string_type": "应为文字。",
    "string_too_short": "至少 {min_length} 个字。",
    "string_too_long": "最多 {max_length} 个字。请写短一些。",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_from_float": "应为整数。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "uuid_parsing": "不是有效的编号(UUID)。",
    "uuid_type": "不是有效的编号(UUID)。",
    "enum": "只能是：{expected}。",
    "literal_error": "只能是：{expected}。",
    "datetime_type": "应为日期时间，如 2026-11-23T15:04:00+08:00。",
    "datetime_parsing": "应为日期时间，如 2026-11-23T15:04:00+08:00。",
    "datetime_from_date_parsing": "应为日期时间，如 2026-11-23T15:04:00+08:00。",
    "timezone_aware": "时间要带时区，如 +08:00。",
    "date_type": "应为日期，如 2026-11-23。",
    "date_parsing": "应为日期，如 2026-11-23。",
    "date_from_datetime_parsing": "应为日期，如 2026-11-23。",
    "greater_than": "应大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "应小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "too_short": "至少要有 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "model_type": "应为一个对象。",
    "model_attributes_type": "应为一个对象。",
    "dict_type": "应为一个对象。",
    "tuple_type": "应为一个列表。",
    "list_type": "应为一个列表。",
    "finite_number": "应为有限的数。",
    "union_tag_invalid": "种类不对，只能是：{expected_tags}。",
    "union_tag_not_found": "缺少种类字段。",
}


def rule_in(language: str, error: dict[str, Any]) -> str:
    """The rule that was broken and what to do. `error` is one of pydantic's."""
    facts = error.get("ctx") or {}
    if language == "zh":
        own = getattr(facts.get("error"), "zh", None)
        if own:
            return str(own)
        text = _ZH.get(str(error["type"]), "不合规则，请改正。")
        try:
            return text.format(**{**facts, **_lists(facts)})
        except KeyError:
            return text
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else message + "."


def _lists(facts: Mapping[str, Any]) -> Mapping[str, str]:
    """What may stand there, listed as in Chinese."""
    return {name: facts[name].replace(", ", "、").replace(" or ", "或") for name in _LISTS if name in facts}
