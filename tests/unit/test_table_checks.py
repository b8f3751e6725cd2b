"""Checks of single cells: what is taken, as what, and what is refused with a reason in both languages."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.availability import Slot, availability
from shared.tables.checks import Parse, code, day, items, list_of, person_name, text_of, yes_no
from shared.tables.columns import RANKS, SERVICES
from shared.tables.explained import Cell, CellError
from shared.tables.figures import latitude, longitude, money, whole_of, year
from shared.tables.hardship import Assessed, assessment
from shared.tables.kinds import COLUMNS
from shared.tables.person_numbers import id_number, phone

TODAY = date(2026, 11, 23)
BIRTHDAY = date(1935, 3, 7)
AM, PM, DAY = (time(8), time(12)), (time(12), time(18)), (time(8), time(18))


def refusal(parse: Parse, cell: Cell) -> CellError:
    with pytest.raises(CellError) as caught:
        parse(cell, TODAY)
    error = caught.value
    assert all((error.reason.zh, error.reason.en, error.todo.zh, error.todo.en))
    return error


@pytest.mark.parametrize(
    "cell",
    [
        "1935-03-07",
        "1935/3/7",
        "1935.3.7",
        "1935年3月7日",
        "1935 年 3 月 7 日",
        "19350307",
        19350307,
        19350307.0,
        12850,
        12850.0,
        "12850",
        BIRTHDAY,
        datetime(1935, 3, 7, 8, 30),  # noqa: DTZ001
        "1935-03-07 00:00:00",
        "１９３５－０３－０７",
    ],
)
def test_dates_in_every_common_form(cell: Cell) -> None:
    """One day, however it is written, typed or counted by Excel."""
    assert day(cell, TODAY) == BIRTHDAY


@pytest.mark.parametrize(
    "cell",
    [
        "1935",
        1935,
        "2026-02-30",
        "1935年3月",
        "3/7/1935",
        "yesterday",
        True,
        time(8),
        "9" * 40,
        1e300,
        "1800-01-01",
    ],
)
def test_dates_that_are_none(cell: Cell) -> None:
    """Bare years, months and days that don't exist are refused."""
    assert refusal(day, cell).code == "bad_date"


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


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("是", True),
        ("有", True),
        ("Y", True),
        ("yes", True),
        (1, True),
        (True, True),
        ("√", True),
        ("否", False),
        ("无", False),
        ("n", False),
        ("No", False),
        (0, False),
        (False, False),
    ],
)
def test_yes_and_no(cell: Cell, answer: bool) -> None:  # noqa: FBT001
    """Both languages, figures and Excel's own."""
    assert yes_no(cell, TODAY) is answer


@pytest.mark.parametrize("cell", ["可能", 2, "是否"])
def test_neither_yes_nor_no(cell: Cell) -> None:
    """Anything else is asked back."""
    assert refusal(yes_no, cell).code == "bad_yes_no"


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


@pytest.mark.parametrize(
    "cell", ["购物、走访", "shopping, visit", "走访；购物", "走访/购物/", "购物，走访", "visit;Shopping;购物"]
)
def test_lists_of_services(cell: str) -> None:
    """Any usual separator, both languages, repeats dropped."""
    assert list_of(SERVICES)(cell, TODAY) == ("shopping", "visit")


def test_a_list_with_an_unknown_service_names_the_choices() -> None:
    """The advice lists what can be written."""
    error = refusal(list_of(SERVICES), "购物、跳舞")
    assert "走访" in error.todo.zh
    assert "visit" in error.todo.en


@pytest.mark.parametrize(
    ("cell", "slots"),
    [
        ("周一上午、周三全天", ((1, *AM), (3, *DAY))),
        ("Mon am; Wed", ((1, *AM), (3, *DAY))),
        ("星期天下午", ((7, *PM),)),
        ("周一至周三 上午", ((1, *AM), (2, *AM), (3, *AM))),
        ("周一上午，周一下午", ((1, *DAY),)),
        ("周六 14:00-16:30", ((6, time(14), time(16, 30)),)),
        ("周末", ((6, *DAY), (7, *DAY))),
        ("Thursday evening", ((4, time(18), time(21)),)),
        ("weekend pm", ((6, *PM), (7, *PM))),
    ],
)
def test_weekly_availability(cell: str, slots: tuple[tuple[int, time, time], ...]) -> None:
    """Days, halves of days, hours and ranges in both languages; touching stretches are one."""
    assert availability(cell, TODAY) == tuple(Slot(*slot) for slot in slots)


@pytest.mark.parametrize(
    "cell", ["有空就来", "周八", "周三至周一", "周一 16:00-14:00", "周一 25:00-26:00", "Mon noonish", "3"]
)
def test_availability_that_is_unclear(cell: str) -> None:
    """What can't be read is asked back, with an example."""
    assert refusal(availability, cell).code == "bad_availability"


def test_hardship_holds_until_a_day_or_for_a_year() -> None:
    """是 is a year, 否 is nothing, a day is that day."""
    assert assessment("是", TODAY) == Assessed(date(2027, 11, 23), stated=False)
    assert assessment("否", TODAY) is None
    assert assessment("2027年3月1日", TODAY) == Assessed(date(2027, 3, 1), stated=True)
    assert refusal(assessment, "2026-11-22").code == "bad_assessment"
    assert refusal(assessment, "也许").code == "bad_assessment"


def test_names_of_people() -> None:
    """Spaces inside Chinese names go, the dot of minority names and Latin names stay."""
    assert person_name("王　芳", TODAY) == "王芳"
    assert person_name("阿不都·热合曼", TODAY) == "阿不都·热合曼"
    assert person_name("Anna Lee", TODAY) == "Anna Lee"
    assert refusal(person_name, "王芳2").code == "bad_name"
    assert refusal(person_name, "王" * 31).code == "bad_name"


@pytest.mark.parametrize("cell", ["a\x00b", "a\x07", "a\u200bb", "a\u202eb", "a\nb", "\ud800"])
def test_control_characters_are_refused(cell: str) -> None:
    """NUL, bells, invisible and direction signs never reach the register."""
    assert refusal(text_of(40), cell).code == "control_characters"


def test_notes_keep_their_lines_and_have_an_end() -> None:
    """Line breaks are for notes only; too long is refused, not cut."""
    assert text_of(10, lines=True)("a\r\nb", TODAY) == "a\nb"
    assert refusal(text_of(3), "四个字了").code == "too_long"
    assert refusal(text_of(3), "x" * 5_000).code == "too_long"


def test_codes_years_figures_and_items() -> None:
    """The small checks, each with a value it takes and one it doesn't."""
    assert code("hb-01", TODAY) == "HB-01"
    assert refusal(code, "河北 1").code == "bad_code"
    assert year("2027年", TODAY) == 2027
    assert year("2027年度", TODAY) == 2027
    assert refusal(year, 1999).code == "bad_year"
    assert whole_of(0, 9)(3.0, TODAY) == 3
    assert refusal(whole_of(0, 9), "10").code == "bad_number"
    assert items("东北话、普通话;东北话", TODAY) == ("东北话", "普通话")


def test_ranks_of_a_county_level_city() -> None:
    """A bureau of a county-level city stands at section level, so 副科 and 副局(乡) are one."""
    words = {word: rank.value for rank in RANKS for word in (rank.zh, *rank.aliases)}
    assert words["副科级"] == words["副局级"] == words["副局(乡)级"] == "bureau_deputy"


GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(alphabet="0123456789-./年月日周一至 :Xx万元¥,、+()eE", max_size=25),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.just(timedelta.max),
)


@given(GARBAGE)
def test_no_cell_raises_anything_but_a_refusal(cell: Cell) -> None:
    """Whatever a cell holds, each check gives a value or the module's own error."""
    for columns in COLUMNS.values():
        for column in columns:
            try:
                column.parse(cell, TODAY)
            except CellError as error:
                assert error.reason.zh  # noqa: PT017
