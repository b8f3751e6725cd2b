"""By which words people are looked for, and how what somebody types becomes one of them."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from shared.contracts.values import Details, Guarantor, Phone
from shared.pinyin import initials_of, pinyin_of, readings_of

LAST_DIGITS = 4
LOCAL_DIGITS = (7, 8)
"""How long a landline's number is without its area."""
ADDRESS_PIECE = 24
MOST_TERMS = 3
_PIECES = re.compile(r"(?<=[省市县区镇乡街道路巷弄号栋幢楼元室村组院])|(?<=\D)(?=\d)")
_NUMBER_SIGNS = re.compile(r"[\s()./-]")


class Why(StrEnum):
    """What of a person a word is."""

    NAME = "name"
    PINYIN = "pinyin"
    INITIALS = "initials"
    READING = "reading"
    PHONE = "phone"
    LAST_FOUR = "last_four"
    ID_NUMBER = "id_number"
    ADDRESS = "address"
    GUARANTOR = "guarantor"
    COMMUNITY = "community"


class Word(NamedTuple):
    """A word by which somebody is found from its beginning on, and what it is of them."""

    word: str
    why: Why


def words_of(details: Details) -> list[Word]:
    """Everything in a person's details by which they may be looked for, in lower case."""
    name = plain(details.name)
    found = [Word(name[at:], Why.NAME) for at in range(len(name))]
    found += [Word(pinyin_of(name), Why.PINYIN), Word(initials_of(name), Why.INITIALS)]
    for syllables in readings_of(name):
        joined = "".join(syllables)
        found += [Word(one, Why.READING) for one in (joined, "".join(one[0] for one in syllables))]
    for phone in details.phones:
        found += phone_words(phone)
    found.append(Word(details.id_number.lower(), Why.ID_NUMBER))
    return _once([*found, *address_words(details.address)])


def phone_words(phone: Phone) -> list[Word]:
    """A number whole, of a landline also as it is dialled and without its area, and its last four digits."""
    digits = _digits(phone)
    whole = [digits]
    if not digits.startswith("1"):
        whole += [f"0{digits}", *(digits[-length:] for length in LOCAL_DIGITS)]
    return [*(Word(one, Why.PHONE) for one in whole), Word(digits[-LAST_DIGITS:], Why.LAST_FOUR)]


def address_words(address: str) -> list[Word]:
    """An address from each of its pieces on."""
    pieces = _PIECES.split(plain(address))
    rests = ("".join(pieces[at:]) for at in range(len(pieces)))
    return _once(Word(rest[:ADDRESS_PIECE], Why.ADDRESS) for rest in rests if len(rest) > 1)


def guarantor_words(guarantors: Iterable[Guarantor]) -> list[Word]:
    """The numbers of those who may call for somebody."""
    words = [word for one in guarantors if one.phone for word in phone_words(one.phone)]
    return _once(Word(word, Why.GUARANTOR) for word, why in words if why is Why.PHONE)


@cache
def community_words(name: str) -> frozenset[str]:
    """A community's name from each character on, in pinyin and by initials."""
    ends = {name[at:] for at in range(len(name) - 1)}
    return frozenset(ends | {pinyin_of(name), initials_of(name)})


def plain(text: str) -> str:
    """Lower case, without spaces and what can't be stored; wide letters and digits as narrow ones."""
    narrow = unicodedata.normalize("NFKC", text).replace("\0", "")
    small = "".join(narrow.split()).lower().encode(errors="ignore").decode()
    return unicodedata.normalize("NFKC", small)  # what a space has kept apart is one letter now


def sought(text: str | None) -> str | None:
    """What is looked for; a number without signs and country code."""
    cleaned = plain(text or "")
    return number(cleaned) or cleaned or None


def terms(text: str) -> list[str]:
    """The words of a search one by one; just one for a number, however it is spaced."""
    if number(text):
        return []
    return [one for one in (plain(part) for part in text.split()) if one][:MOST_TERMS]


def number(text: str) -> str:
    """The digits of a telephone or identity number as words have them; empty when it is none."""
    signs = _NUMBER_SIGNS.sub("", plain(text))
    digits = signs.removeprefix("+86").removeprefix("0086").removeprefix("+")
    if not (digits.isascii() and digits.rstrip("x").isdigit()):
        return ""
    return digits


def _digits(phone: Phone) -> str:
    return phone.removeprefix("+86").removeprefix("+")


def _once(words: Iterable[Word]) -> list[Word]:
    return sorted({word for word in words if word.word})
