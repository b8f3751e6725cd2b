"""The demo city: deterministic, possible, and clean by the importer's own checks."""

import time
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import phonenumbers
import pytest
from stdnum.cn import ric

from deploy.demo.city import write_city
from deploy.demo.places import NOBODY_LIVES_IN
from shared.tables import (
    BudgetRecord,
    CadreRecord,
    Checked,
    CommunityRecord,
    Known,
    VolunteerRecord,
    check_file,
)
from shared.tables.rules import age_on

TODAY = date(2026, 11, 23)


def check_all(folder: Path, seed: int, today: date) -> tuple[list[Checked], Known]:
    known, outcomes = Known(), []
    for path in write_city(folder, seed, today):
        outcomes.append(check_file(path, known=known, today=today))
        known = known.plus(outcomes[-1].good)
    return outcomes, known


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> list[Checked]:
    return check_all(tmp_path_factory.mktemp("city"), 7, TODAY)[0]


@pytest.fixture(scope="module")
def cadres(city: list[Checked]) -> list[CadreRecord]:
    return [record for record in city[1].good if isinstance(record, CadreRecord)]


@pytest.fixture(scope="module")
def helpers(city: list[Checked]) -> list[VolunteerRecord]:
    return [record for record in city[2].good if isinstance(record, VolunteerRecord)]


def test_same_seed_same_bytes_in_under_three_seconds(tmp_path: Path) -> None:
    """Two runs give the same files to the byte, another seed gives others."""
    began = time.process_time()
    first = [path.read_bytes() for path in write_city(tmp_path / "a", 7, TODAY)]
    assert time.process_time() - began < 3
    assert [path.read_bytes() for path in write_city(tmp_path / "b", 7, TODAY)] == first
    assert all(
        path.read_bytes() != data
        for path, data in zip(write_city(tmp_path / "c", 8, TODAY)[:3], first, strict=False)
    )


def test_workbooks_carry_no_moment_of_writing(tmp_path: Path) -> None:
    """Neither the parts' stamps nor the properties tell when, so the bytes are the same on another day."""
    workbooks = [path for path in write_city(tmp_path, 7, TODAY) if path.suffix == ".xlsx"]
    for path in workbooks:
        with zipfile.ZipFile(path) as archive:
            assert {part.date_time[0] for part in archive.infolist()} == {1980}
            assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


@pytest.mark.parametrize("seed", [1, 2026])
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2028, 2, 29), date(2035, 12, 31), date(2045, 6, 1)])
def test_no_row_is_bad_on_any_day(tmp_path: Path, seed: int, today: date) -> None:
    """The city passes its own checks, and a second import changes nothing."""
    outcomes, known = check_all(tmp_path, seed, today)
    assert [outcome.bad for outcome in outcomes] == [(), (), (), ()]
    again = [
        check_file(tmp_path / outcome.file, known=known, today=today + timedelta(days=1))
        for outcome in outcomes
    ]
    assert [(outcome.good, outcome.bad) for outcome in again] == [((), ())] * 4
    assert [len(outcome.unchanged) for outcome in again] == [len(outcome.good) for outcome in outcomes]


def test_the_city_has_its_size(city: list[Checked], helpers: list[VolunteerRecord]) -> None:
    """6 subdistricts, 25 communities, 420 cadres, 260 volunteers and the other helpers, 2 funds × 2 years."""
    communities = [record for record in city[0].good if isinstance(record, CommunityRecord)]
    assert (len(communities), len({place.subdistrict for place in communities})) == (25, 6)
    assert len(city[1].good) == 420
    kinds = Counter(helper.kind for helper in helpers)
    assert kinds["volunteer"] == 260
    assert {helper.association for helper in helpers} == {"youth", "seniors", "none"}
    staff = Counter(helper.community for helper in helpers if helper.kind == "community_staff")
    assert len(staff) == 25
    assert set(staff.values()) <= {1, 2}
    assert (kinds["service_organisation"], kinds["medical_institution"]) == (8, 6)
    budgets = [(record.fund, record.year) for record in city[3].good if isinstance(record, BudgetRecord)]
    assert sorted(budgets) == [("BK", 2026), ("BK", 2027), ("YJ", 2026), ("YJ", 2027)]


def test_ages_and_careers_are_possible(cadres: list[CadreRecord]) -> None:
    """55 to 105, lixiu joined before October 1949 at 13 or more, the others retired at the age for it."""
    ages = [age_on(cadre.birth, TODAY) for cadre in cadres]
    assert (min(ages), max(ages)) == (55, 105)
    for cadre in cadres:
        assert cadre.joined_work is not None
        assert cadre.retired is not None
        assert cadre.joined_work < cadre.retired <= TODAY
        assert (cadre.joined_work < date(1949, 10, 1)) == (cadre.category == "lixiu")
        assert age_on(cadre.birth, cadre.joined_work) >= 13
        assert cadre.covered


def test_most_lixiu_and_few_others_cannot_look_after_themselves(cadres: list[CadreRecord]) -> None:
    """Hardship grows with age, as the survey of the real city found."""
    shares = {
        category: sum(cadre.no_self_care is not None for cadre in cadres if cadre.category == category)
        / sum(cadre.category == category for cadre in cadres)
        for category in ("lixiu", "tuixiu")
    }
    assert shares["lixiu"] > 0.5
    assert 0 < shares["tuixiu"] < 0.2


def test_cadres_crowd_in_three_subdistricts_and_some_communities_have_none(
    city: list[Checked], cadres: list[CadreRecord]
) -> None:
    """The uneven spread is what rebalancing is for."""
    by_prefix = Counter(cadre.community[:2] for cadre in cadres)
    assert sum(by_prefix[prefix] for prefix in ("HB", "HN", "DS")) > 0.7 * 420
    communities = [record for record in city[0].good if isinstance(record, CommunityRecord)]
    lived_in = {cadre.community for cadre in cadres}
    empty = {place.name.removesuffix("社区") for place in communities if place.code not in lived_in}
    assert empty == NOBODY_LIVES_IN


def test_no_number_can_belong_to_anybody(cadres: list[CadreRecord], helpers: list[VolunteerRecord]) -> None:
    """Identity numbers name no place; telephones are valid in shape, with a 0 after the area code."""
    numbers = [cadre.id_number for cadre in cadres]
    assert len(set(numbers)) == 420
    assert all(
        number is not None and number.startswith("000000") and not ric.is_valid(number) for number in numbers
    )
    phones = {cadre.phone for cadre in cadres} | {helper.phone for helper in helpers}
    assert len(phones) == 420 + len(helpers)
    for phone in phones:
        assert phone is not None
        assert phone.startswith("+864340")
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))
