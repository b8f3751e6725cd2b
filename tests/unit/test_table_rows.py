"""Rows to records: rules between columns, duplicates, and what the register holds already."""

import csv
import io
from datetime import date

import pytest

from shared.tables import Checked, Kind, Known, check_bytes
from shared.tables.records import BudgetRecord, CadreRecord, CommunityRecord, VolunteerRecord

TODAY = date(2026, 11, 23)
PLACE = CommunityRecord(row=2, code="HB-01", name="站前社区", subdistrict="河北街道")
KNOWN = Known().plus([PLACE])
CADRE: dict[str, str | None] = {
    "姓名": "王桂兰",
    "身份证号": "000000195003070024",
    "类别": "退休",
    "社区": "HB-01",
    "电话": "0434-0100001",
}


def cadres(*rows: dict[str, str | None], known: Known = KNOWN, today: date = TODAY) -> Checked:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return check_bytes(written.getvalue().encode(), "cadres.csv", known=known, today=today)


def test_a_row_becomes_a_typed_record() -> None:
    """Sex and birth come from the identity number, the community's name becomes its code."""
    (record,) = cadres(
        CADRE | {"社区": "河北街道站前社区", "独居": "是", "职级": "副科级", "是否市管": "是"}
    ).good
    assert isinstance(record, CadreRecord)
    assert (record.sex, record.birth, record.community) == ("female", date(1950, 3, 7), "HB-01")
    assert record.phone == "+864340100001"
    assert record.lives_alone is not None
    assert record.lives_alone.until == date(2027, 11, 23)
    assert (record.rank, record.covered) == ("bureau_deputy", True)


def test_a_provisional_cadre_has_birth_and_sex_instead_of_a_number() -> None:
    """Without identity number the person is named by name, birth and telephone."""
    row: dict[str, str | None] = {
        "姓名": "李国臣",
        "性别": "男",
        "出生日期": "1940-5-1",
        "类别": "退休",
        "社区": "站前社区",
    }
    assert [record.key for record in cadres(row).good] == ["unidentified:李国臣|1940-05-01|"]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"性别": "男"}, "sex", "disagrees_with_id"),
        ({"出生日期": "1950-03-08"}, "birth", "disagrees_with_id"),
        ({"身份证号": None}, "birth", "missing"),
        ({"身份证号": "000000198503070026"}, "id_number", "bad_id_number"),
        ({"身份证号": None, "性别": "女", "出生日期": "1990-01-01"}, "birth", "bad_age"),
        ({"身份证号": None, "性别": "女", "出生日期": "1905-01-01"}, "birth", "bad_age"),
        ({"类别": "离休"}, "joined_work", "missing"),
        ({"类别": "离休", "参加工作日期": "1949-10-01"}, "joined_work", "lixiu_joined_late"),
        ({"参加工作日期": "1951-01-01"}, "joined_work", "impossible_date"),
        ({"参加工作日期": "1970-01-01", "离退休日期": "2027-01-01"}, "retired", "impossible_date"),
        ({"社区": "没有的社区"}, "community", "unknown_community"),
        ({"社区": None}, "community", "missing"),
        ({"经度": "124.8"}, "latitude", "missing"),
        ({"家庭包保人电话": "0434-0100009"}, "family_guarantor", "missing"),
        ({"类别": "在职"}, "category", "not_a_choice"),
        ({"独居": "2020-01-01"}, "lives_alone", "bad_assessment"),
        ({"姓名": "王\u202e桂兰"}, "name", "control_characters"),
        ({"姓名": "王"}, "name", "bad_name"),
    ],
)
def test_a_bad_row_names_column_value_and_reason(
    change: dict[str, str | None], column: str, code: str
) -> None:
    """Every rule shows its problem at the column where it can be put right."""
    checked = cadres(CADRE | change)
    assert checked.good == ()
    found = {(problem.column, problem.code): problem for problem in checked.bad}
    assert (column, code) in found
    problem = found[column, code]
    assert problem.row == 2
    assert problem.file == "cadres.csv"
    assert all((problem.header, problem.reason_zh, problem.reason_en, problem.todo_zh, problem.todo_en))


def test_one_bad_row_holds_back_no_other() -> None:
    """All problems of a file come at once, and the good rows are given."""
    checked = cadres(CADRE, CADRE | {"身份证号": "1", "类别": "x"})
    assert [record.row for record in checked.good] == [2]
    assert [(problem.row, problem.column) for problem in checked.bad] == [(3, "id_number"), (3, "category")]


def test_an_ambiguous_community_name_asks_for_the_code() -> None:
    """Two subdistricts may each have a community of one name."""
    other = CommunityRecord(row=3, code="HN-01", name="站前社区", subdistrict="河南街道")
    checked = cadres(CADRE | {"社区": "站前"}, known=KNOWN.plus([other]))
    assert checked.bad[0].code == "ambiguous_community"
    assert "HB-01" in checked.bad[0].reason_zh


def test_a_second_import_changes_nothing_even_on_a_later_day() -> None:
    """是 counts from the day of import, and still the record is the same."""
    row = CADRE | {"独居": "是"}
    first = cadres(row)
    later = cadres(row, known=KNOWN.plus(first.good), today=date(2026, 12, 24))
    assert (later.good, later.bad) == ((), ())
    assert [record.key for record in later.unchanged] == [first.good[0].key]


def test_other_details_of_a_known_cadre_are_a_problem() -> None:
    """An import adds; it never overwrites what the register says."""
    known = KNOWN.plus(cadres(CADRE).good)
    checked = cadres(CADRE | {"电话": "0434-0100002"}, known=known)
    assert [problem.code for problem in checked.bad] == ["differs_from_register"]


def test_the_same_person_twice_in_a_file_is_a_problem() -> None:
    """The first row counts, the second names it."""
    checked = cadres(CADRE, CADRE)
    assert len(checked.good) == 1
    assert [(problem.row, problem.code) for problem in checked.bad] == [(3, "repeated_in_file")]
    assert "2" in checked.bad[0].reason_en


def test_a_provisional_row_of_a_registered_cadre_is_found_by_name_birth_and_phone() -> None:
    """The number being absent doesn't make it another person."""
    known = KNOWN.plus(cadres(CADRE).good)
    row = CADRE | {"身份证号": None, "性别": "女", "出生日期": "1950-03-07"}
    assert [problem.code for problem in cadres(row, known=known).bad] == ["differs_from_register"]


def test_two_identity_numbers_are_two_people_however_alike() -> None:
    """Namesakes of one birthday in one household are both taken."""
    checked = cadres(CADRE, CADRE | {"身份证号": "000000195003070040"})
    assert (len(checked.good), checked.bad) == (2, ())


HELPER = "姓名,类别,性别,出生日期,电话,服务项目,每周次数,社区,证书,证书有效期\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("李敏,志愿者,女,1990-5-4,0434-0100004,购物、走访,2,,,", None),
        ("甲服务部,服务机构,,,0434-0100004,cleaning/repair,40,,,", None),
        ("李敏,志愿者,,1990-5-4,0434-0100004,购物,2,,,", ("sex", "missing")),
        ("李敏,志愿者,女,2015-5-4,0434-0100004,购物,2,,,", ("birth", "bad_age")),
        ("李敏,助老员,女,1990-5-4,0434-0100004,购物,2,,,", ("community", "missing")),
        ("李敏,志愿者,女,1990-5-4,0434-0100004,唱歌,2,,,", ("skills", "not_a_choice")),
        ("李敏,志愿者,女,1990-5-4,0434-0100004,购物,两次,,,", ("weekly_capacity", "bad_number")),
        ("李敏,志愿者,女,1990-5-4,0434-0100004,、,2,,,", ("skills", "missing")),
        ("李敏,志愿者,女,1990-5-4,0434-0100004,购物,2,,护士证,", ("certificate_expires", "missing")),
        (
            "李敏,志愿者,女,1990-5-4,0434-0100004,购物,2,,护士证,2020-1-1",
            ("certificate_expires", "certificate_expired"),
        ),
    ],
)
def test_helpers_of_all_kinds(row: str, problem: tuple[str, str] | None) -> None:
    """Persons need sex and birth, staff a community, certificates a day they hold until."""
    checked = check_bytes((HELPER + row).encode(), "h.csv", known=KNOWN, today=TODAY)
    assert checked.kind is Kind.VOLUNTEERS
    assert [(bad.column, bad.code) for bad in checked.bad] == ([problem] if problem else [])
    assert all(isinstance(record, VolunteerRecord) for record in checked.good)


def test_budgets_are_one_row_for_each_fund_and_year() -> None:
    """A second row of the same fund and year would make the year's money unclear."""
    data = "资金编码,资金名称,年度,金额(元)\nbk,帮困,2026,5万\nBK,帮困,2027年,1.50\nBK,帮困,2026,9\n".encode()
    checked = check_bytes(data, "b.csv", today=TODAY)
    assert [record.amount_fen for record in checked.good if isinstance(record, BudgetRecord)] == [
        5_000_000,
        150,
    ]
    assert [(bad.row, bad.code) for bad in checked.bad] == [(4, "repeated_in_file")]
