"""Texts: checked, stripped and limited, so that no command takes more than it may."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.errors import InvalidError


class ControlCharacterError(InvalidError, ValueError):
    """The text has characters that can't be shown. Type it anew."""

    zh = "文字里有不可显示的字符。请重新输入。"


_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc and Cs but for line feed and tab; each text of each event is looked through."""


def _shown(text: str) -> str:
    if _UNSHOWN.search(text):
        raise ControlCharacterError
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_shown)
]
"""A name or a short label."""

Brief = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(_shown)]
"""A short text that may be empty."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_shown)]
"""Free text; may be empty."""

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000), AfterValidator(_shown)
]
"""Free text that must say something."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""A stable code: of a service, a skill, a fund."""

Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""A phone number in E.164."""
