"""What is wrong with a value, in the language of who reads it."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from shared.http.wording import rule_in

Kinds = Literal["waiting", "open", "ended"]
Code = Annotated[str, Field(pattern="^a, b or c$")]


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        (
            Kinds,
            "只能是：'waiting'、'open'或'ended'。",
            "Input should be 'waiting', 'open' or 'ended'.",
        ),
        (Code, "格式不对，应符合 ^a, b or c$。", "String should match pattern '^a, b or c$'."),
    ],
)
def test_what_may_stand_there(kind: Any, zh: str, en: str) -> None:
    """A list is one in Chinese, too; a pattern stays as it is."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python("x")
    (error,) = caught.value.errors()
    assert rule_in("zh", dict(error)) == zh
    assert rule_in("en", dict(error)) == en
