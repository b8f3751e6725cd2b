"""What people are found by, and what is made of what somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.sought import Why, address_words, number, phone_words, sought, terms, words_of
from shared.contracts.values import Details


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("139 0434 0188", "13904340188"),
        ("+86 139-0434-0188", "13904340188"),
        ("0086(139)04340188", "13904340188"),
        ("１３９０４３４０１８８", "13904340188"),
        ("0434-0567890", "04340567890"),
        ("0188", "0188"),
        ("00000019300101002X", "00000019300101002x"),
        ("000000193001010025", "000000193001010025"),
        ("张桂兰", ""),
        ("12号", ""),
        ("", ""),
        ("²", "2"),
    ],
)
def test_a_number_is_one_however_it_is_written(typed: str, digits: str) -> None:
    """Signs, spaces and country code don't count."""
    assert number(typed) == digits


def test_a_landline_is_found_without_its_area() -> None:
    """A mobile isn't."""
    assert {"0567890", "4340567890", "04340567890"} <= {word for word, _ in phone_words("+864340567890")}
    assert [word for word, _ in phone_words("+8613904340188")] == ["13904340188", "0188"]


def test_an_address_is_found_from_each_piece_on() -> None:
    """Not from the middle of one."""
    words = [word for word, _ in address_words("河南街道站前街 12 号 3 栋")]
    assert {"站前街12号3栋", "12号3栋", "3栋"} <= set(words)
    assert "前街12号3栋" not in words


def test_other_readings_of_a_name_are_told_apart() -> None:
    """单 and 长 have several, 吕 is typed in several ways."""
    for name, typed in (
        ("单玉兰", "shanyulan"),
        ("曾乐", "zengle"),
        ("吕芳", "lvfang"),
        ("王长祥", "wangchangxiang"),
    ):
        found = dict(words_of(Details(name=name)))
        assert found[typed] in (Why.READING, Why.PINYIN), name
    found = dict(words_of(Details(name="吕芳")))
    assert found["lufang"] is found["lyufang"] is Why.READING


@given(st.text(max_size=120))
def test_anything_typed_becomes_something_or_nothing(text: str) -> None:
    """Without spaces and what can't be stored; a number is one term."""
    found = sought(text)
    assert found is None or (found and "\0" not in found and not any(sign.isspace() for sign in found))
    assert all(terms(text))


@given(st.text(min_size=1, max_size=120).filter(lambda text: bool(text.strip())), st.text(max_size=120))
def test_words_are_found_by_what_they_are(name: str, address: str) -> None:
    """What is kept of a name or an address is what a search for it becomes."""
    details = Details.model_construct(name=name, address=address, phones=(), id_number="")
    for word, why in words_of(details):
        if why is Why.NAME and not number(word):
            assert sought(word) == word
