"""Amounts as people type them, and what a case takes of its budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.care.console.funding_money import fen_of, share_of, yuan_of
from shared.console.texts import money

FEN = st.integers(0, 100_000_000_000)


@given(FEN)
def test_an_amount_is_read_as_it_is_written(fen: int) -> None:
    """In a field, and as pages show it, in both languages."""
    assert fen_of(yuan_of(fen)) == fen
    assert fen_of(money(fen, "zh")) == fen_of(money(fen, "en")) == fen


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1200", 120_000),
        ("1200.5", 120_050),
        (" ¥1,200.50 元 ", 120_050),
        ("¥1,200.50", 120_050),
        ("\uffe5\uff11\uff0c\uff12\uff10\uff10\uff0e\uff15", 120_050),
        ("0.01", 1),
        ("1\u00b2", None),
        ("007", 700),
        ("", None),
        (".5", None),
        ("1.234", None),
        ("1,2,3", None),
        ("-5", None),
        ("1e3", None),
        ("1" * 5_000, None),
        ("一千", None),
    ],
)
def test_what_is_typed_is_an_amount_or_none(typed: str, fen: int | None) -> None:
    """Full-width signs as an input method gives them; never half understood."""
    assert fen_of(typed) == fen


@given(FEN, FEN, st.integers(1, 1_000_000), st.sampled_from(["UnitConfirmed", "Reserved", "Disbursed"]))
def test_a_case_counts_once(amount: int, others: int, asked: int, state: str) -> None:
    """Free without it, less what it takes, is free with it, whether the budget counts it yet or not."""
    held = asked if state != "UnitConfirmed" else 0
    steps = [{"what": "FundingDisbursed", "amount": asked}] if state == "Disbursed" else []
    case = {"state": state, "step": "x", "amount": asked, "steps": steps}
    share = share_of({"amount": amount, "free": amount - others - held}, case)
    assert (share.before, share.this, share.after) == (amount - others, asked, amount - others - asked)
    assert share.held is bool(held)


def test_what_came_back_is_not_counted() -> None:
    """Of a case that is over only what it kept is its share."""
    steps = [{"what": "FundingDisbursed", "amount": 500}, {"what": "FundingReversed", "amount": 200}]
    case = {"state": "Reversed", "step": "", "amount": 200, "steps": steps}
    share = share_of({"amount": 1_000, "free": 700}, case)
    assert (share.before, share.this, share.after) == (1_000, 300, 700)
