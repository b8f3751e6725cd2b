"""Who takes part: the accounts of the simulated staff, and the cadres and helpers that the system knows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from deploy.client import Client, Who
from shared.roles import Role

ADMIN = Who("simulator-admin", Role.ADMIN)
AUDITOR = Who("auditor-1", Role.AUDITOR)

HELPER_ROLES = {
    "volunteer": Role.VOLUNTEER,
    "staff": Role.CARE_WORKER,
    "organisation": Role.ORGANISATION,
    "institution": Role.CLINIC,
}


@dataclass(frozen=True, slots=True)
class Cadre:
    """Somebody in the register."""

    id: UUID
    community: UUID
    unit: str


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who serves."""

    id: UUID
    kind: str
    community: UUID | None

    @property
    def account(self) -> Who:
        """The account that answers this helper's offers."""
        return Who(f"helper-{self.id}", HELPER_ROLES[self.kind], (), helper=self.id)


@dataclass(frozen=True)
class Town:
    """Everybody, as lists gave them."""

    communities: Mapping[UUID, str]
    subdistricts: Mapping[UUID, str]
    cadres: Sequence[Cadre]
    helpers: Mapping[UUID, Helper]

    @cached_property
    def by_id(self) -> Mapping[UUID, Cadre]:
        """Cadres by id."""
        return {cadre.id: cadre for cadre in self.cadres}

    @cached_property
    def _neighbours(self) -> Mapping[str, tuple[UUID, ...]]:
        found: dict[str, list[UUID]] = defaultdict(list)
        for community, subdistrict in self.subdistricts.items():
            found[subdistrict].append(community)
        return {name: tuple(communities) for name, communities in found.items()}

    def operator(self, number: int) -> Who:
        """One of three at the call centre."""
        return Who(f"operator-{number % 3 + 1}", Role.OPERATOR)

    def coordinator(self, community: UUID) -> Who:
        """Who matches in this community: one for each subdistrict."""
        name = self.subdistricts[community]
        return Who(f"coordinator-{self._number(name)}", Role.COORDINATOR, self._neighbours[name])

    def subdistrict(self, community: UUID) -> Who:
        """The officer of the community's subdistrict."""
        name = self.subdistricts[community]
        return Who(f"subdistrict-{self._number(name)}", Role.SUBDISTRICT, self._neighbours[name])

    def secretary(self, community: UUID, which: str = "a") -> Who:
        """One of the community's two secretaries, `a` or `b`."""
        return Who(f"secretary-{self.communities[community]}-{which}", Role.SECRETARY, (community,))

    def liaison(self, unit: str) -> Who:
        """Whom a cadre's former unit has named."""
        units = sorted({cadre.unit for cadre in self.cadres})
        number = units.index(unit) + 1 if unit in units else 0
        return Who(f"liaison-{number}", Role.UNIT_LIAISON, (), unit=unit)

    def family(self, cadre: UUID) -> Who:
        """A cadre's family."""
        return Who(f"family-{cadre}", Role.FAMILY, (), cadre=cadre)

    def bureau(self, role: Role, number: int) -> Who:
        """A reviewer, approver or payer of the bureau."""
        return Who(f"{role.value}-{number}", role)

    def _number(self, subdistrict: str) -> int:
        return sorted(self._neighbours).index(subdistrict) + 1


async def read_town(client: Client) -> Town:
    """Ask the services who there is."""
    operator = Who("operator-1", Role.OPERATOR)
    communities, subdistricts = {}, {}
    async for row in client.pages(operator, "/intake/api/v1/communities"):
        identity = UUID(row["id"])
        communities[identity], subdistricts[identity] = row["code"], row["subdistrict"]
    # Not in the order of ids, which differ from bureau to bureau: a seed shall tell the same stories.
    cadres = [row async for row in client.pages(operator, "/intake/api/v1/cadres")]
    helpers = [row async for row in client.pages(operator, "/matching/api/v1/helpers")]
    found = [_cadre(row) for row in sorted(cadres, key=_birth_and_name)]
    return Town(
        communities,
        subdistricts,
        [cadre for cadre in found if cadre is not None],
        {
            helper.id: helper
            for helper in map(_helper, sorted(helpers, key=lambda row: (row["name"], row["phone"] or "")))
        },
    )


def _birth_and_name(row: Mapping[str, Any]) -> tuple[str, ...]:
    details = row["details"] or {}
    return tuple(str(details.get(name) or "") for name in ("id_number", "birth", "name"))


def _cadre(row: Mapping[str, Any]) -> Cadre | None:
    if row.get("community") is None or row.get("state") in ("Deceased", "Merged", "Provisional"):
        return None
    return Cadre(UUID(row["id"]), UUID(row["community"]), str(row.get("unit") or ""))


def _helper(row: Mapping[str, Any]) -> Helper:
    community = row.get("community")
    return Helper(UUID(row["helper"]), row["kind"], UUID(community) if community else None)
