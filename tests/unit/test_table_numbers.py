"""Numbers of persons, telephones, money and places in single cells."""

import pytest

from shared.tables.explained import Cell
from shared.tables.figures import latitude, longitude, money
from shared.tables.person_numbers import id_number, phone
from tests.table_cases import TODAY, refusal


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("000000195003070024", "000000195003070024"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("110105194912310020", None),
        ("110105194902300025", None),
        ("99010519491231002X", None),
        ("1101051949123100", None),
        ("110105491231002", None),
    ],
)
def test_identity_numbers(cell: str, number: str | None) -> None:
    """Length, province, date and check digit count; spaces, width and a small x don't."""
    if number is None:
        assert refusal(id_number, cell).code == "bad_id_number"
    else:
        assert id_number(cell, TODAY) == number


def test_an_old_persons_number_with_a_younger_place_code_is_taken() -> None:
    """Numbers came in 1984: the county's code of then says nothing about the year of birth."""
    assert id_number("220381193001010016", TODAY) == "220381193001010016"


@pytest.mark.parametrize("cell", [110105194912310000, 1.10105194912310e17, "1.10105E+17"])
def test_an_identity_number_that_excel_has_rounded_says_so(cell: Cell) -> None:
    """The last digits are gone, and only a text column keeps them."""
    assert refusal(id_number, cell).code == "id_number_rounded"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13912345678", "+8613912345678"),
        (13912345678, "+8613912345678"),
        (13912345678.0, "+8613912345678"),
        ("139 1234 5678", "+8613912345678"),
        ("１３９１２３４５６７８", "+8613912345678"),
        ("+86 139-1234-5678", "+8613912345678"),
        ("0434-6212345", "+864346212345"),
        ("(0434)6212345", "+864346212345"),
        ("0434—6212345", "+864346212345"),
        ("010-65551234", "+861065551234"),
        ("+81 3-1234-5678", "+81312345678"),
    ],
)
def test_telephone_numbers_become_e164(cell: Cell, number: str) -> None:
    """Mobiles and landlines of the mainland, others with their country code."""
    assert phone(cell, TODAY) == number


@pytest.mark.parametrize(
    "cell", ["6212345", "1391234567", "12345678901", "call me", "139****5678", "0434-6212345转8", True, 1e30]
)
def test_telephone_numbers_that_are_none(cell: Cell) -> None:
    """No area code, too short, no such prefix, masked, with an extension."""
    assert refusal(phone, cell).code == "bad_phone"


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("50000", 5_000_000),
        (50000, 5_000_000),
        (0.1, 10),
        (1234.56, 123_456),
        ("1,234.50", 123_450),
        ("￥1,234.5元", 123_450),
        ("12万", 12_000_000),
        ("1.23456万", 1_234_560),
        ("100.00", 10_000),
        ("100.000", 10_000),
    ],
)
def test_money_is_exact_fen(cell: Cell, fen: int) -> None:
    """No binary rounding, 万 understood."""
    assert money(cell, TODAY) == fen


@pytest.mark.parametrize(
    "cell",
    ["0", "-5", "1.005", "1.2345678万", "12,34", "一百", "1e5", True, float("nan"), float("inf"), "9" * 17],
)
def test_money_that_is_none(cell: Cell) -> None:
    """More than two decimals are refused and never rounded."""
    assert refusal(money, cell).code == "bad_money"


def test_coordinates_within_china() -> None:
    """Figures and texts, with a degree sign or without, to six decimals."""
    assert longitude(124.8200004, TODAY) == 124.82
    assert latitude(" 43.5° ", TODAY) == 43.5


@pytest.mark.parametrize("cell", [0, 180, "east", "124°49′", True])
def test_coordinates_elsewhere(cell: Cell) -> None:
    """A point outside China, or no decimal degrees."""
    assert refusal(longitude, cell).code == "bad_coordinate"


def test_swapped_coordinates_are_recognised() -> None:
    """A latitude in the longitude's column is the usual slip."""
    assert "swapped" in refusal(longitude, 43.5).todo.en
