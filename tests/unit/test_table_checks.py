"""Checks of single cells: what is taken, as what, and what is refused with a reason in both languages."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.availability import Slot, availability
from shared.tables.checks import code, day, items, list_of, person_name, text_of, yes_no
from shared.tables.columns import RANKS, SERVICES
from shared.tables.explained import Cell, CellError
from shared.tables.figures import whole_of, year
from shared.tables.hardship import Assessed, assessment
from shared.tables.kinds import COLUMNS
from tests.table_cases import TODAY, refusal

BIRTHDAY = date(1935, 3, 7)
AM, PM, DAY = (time(8), time(12)), (time(12), time(18)), (time(8), time(18))


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
