"""The demo city as the four files a bureau would bring; same seed and day, same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deploy.demo.elders import cadres
from deploy.demo.helping import helpers
from deploy.demo.persons import Persons
from deploy.demo.places import Place, places
from shared.tables.columns import Kind
from shared.tables.writing import SheetRow, csv_bytes, xlsx

FUNDS = (
    ("BK", "离退休干部帮困资金", "300000.00", "32万"),
    ("YJ", "离退休干部应急救助资金", "80000.00", "85000.50"),
)
"""Code, name, yuan of this year, yuan of the next."""


@dataclass(frozen=True, slots=True)
class City:
    """The rows of each file, cells by column name."""

    communities: Sequence[SheetRow]
    cadres: Sequence[SheetRow]
    volunteers: Sequence[SheetRow]
    budgets: Sequence[SheetRow]


def city(seed: int, today: date) -> City:
    """6 subdistricts, 25 communities, 420 cadres, their helpers and two funds for two years."""
    persons = Persons(seed)
    found = places(seed)
    return City(
        [_community(persons, place) for place in found],
        cadres(persons, found, today),
        helpers(persons, found, today),
        [
            {"fund": code, "fund_name": name, "year": today.year + later, "amount_fen": amount}
            for code, name, *amounts in FUNDS
            for later, amount in enumerate(amounts)
        ],
    )


def write_city(folder: Path, seed: int, today: date) -> tuple[Path, ...]:
    """Write the files and give their paths in the order in which they are to be read.

    The helpers come as CSV in GB18030, as Chinese Excel and WPS save it.
    """
    made = city(seed, today)
    files = {
        "communities.xlsx": xlsx(Kind.COMMUNITIES, made.communities),
        "cadres.xlsx": xlsx(Kind.CADRES, made.cadres),
        "volunteers.csv": csv_bytes(Kind.VOLUNTEERS, made.volunteers, "gb18030"),
        "budgets.csv": csv_bytes(Kind.BUDGETS, made.budgets),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return tuple(folder / name for name in files)


def _community(persons: Persons, place: Place) -> SheetRow:
    return {
        "code": place.code,
        "name": place.name,
        "subdistrict": place.subdistrict,
        "longitude": place.longitude,
        "latitude": place.latitude,
        "address": f"{place.subdistrict}{place.name}居民委员会",
        "phone": persons.phone(),
        "party_branch": f"{place.name}离退休干部党支部",
    }
