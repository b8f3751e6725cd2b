"""What characters a text may have."""

import sys
import unicodedata

import pytest
from pydantic import TypeAdapter

from shared.contracts.values import Note
from shared.contracts.values.texts import ControlCharacterError

NOTE: TypeAdapter[str] = TypeAdapter(Note)


def test_every_character_that_can_be_shown_may_stand_in_a_text_and_no_other() -> None:
    """Those of Unicode's control and surrogate categories may not, but for the ends of lines and tabs."""
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        fit = char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}
        try:
            NOTE.validate_python(f"a{char}b")
        except ValueError:
            assert not fit, hex(code)
        else:
            assert fit, hex(code)


def test_the_error_says_what_to_do() -> None:
    """In the language of whoever typed it."""
    with pytest.raises(ValueError, match="Type it anew"):
        NOTE.validate_python("a\x07b")
    assert "重新输入" in ControlCharacterError.zh
