"""What the running system holds already, as its importer endpoints tell: hashed keys, never names."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from deploy.client import Client, Who
from deploy.importing.items import fund_of, hashed
from shared.tables import BudgetRecord, CommunityRecord, Kind, Known

PATHS = {
    Kind.COMMUNITIES: "/intake/api/v1/communities/import",
    Kind.CADRES: "/intake/api/v1/cadres/import",
    Kind.VOLUNTEERS: "/matching/api/v1/helpers/import",
    Kind.BUDGETS: "/care/api/v1/budgets/import",
}
"""Where a kind of row is sent."""


SHOWN = {
    Kind.COMMUNITIES: "/intake/api/v1/communities",
    Kind.CADRES: "/intake/api/v1/cadres/known",
    Kind.VOLUNTEERS: PATHS[Kind.VOLUNTEERS],
    Kind.BUDGETS: "/care/api/v1/budgets",
}
"""Where one sees what was written."""
SECONDS, WAITS = 60.0, 1.9


class Hashed(Mapping[str, str]):
    """Fingerprints by hashed keys, found again by the plain ones."""

    def __init__(self, held: Mapping[str, str]) -> None:
        """`held` by SHA-256 in hex."""
        self._held = held

    def __getitem__(self, key: str) -> str:
        """The fingerprint of what has this plain key."""
        return self._held[hashed(key)]

    def __iter__(self) -> Iterator[str]:
        """The hashed keys; the plain ones can't be told."""
        return iter(self._held)

    def __len__(self) -> int:
        """How many."""
        return len(self._held)


@dataclass(frozen=True)
class Held:
    """What a check needs to know; the ids of the communities by code; fen of the budgets by fund and year."""

    known: Known
    communities: Mapping[str, UUID]
    budgets: Mapping[tuple[str, int], int]

    def amount(self, record: BudgetRecord) -> int | None:
        """What the budget that a row is about holds, in fen; None when there is none."""
        return self.budgets.get((fund_of(record), record.year))


async def read_held(client: Client, who: Who, kind: Kind) -> Held:
    """Ask what is held of a kind, and which communities rows may name."""
    communities = [row async for row in client.pages(who, "/intake/api/v1/communities")]
    places = Known().plus(
        CommunityRecord(row=0, code=row["code"], name=row["name"], subdistrict=row["subdistrict"])
        for row in communities
    )
    budgets = {}
    if kind is Kind.BUDGETS:
        found = await client.read(who, "/care/api/v1/budgets")
        budgets = {(row["fund"], row["year"]): row["amount"] for row in found["items"]}
    return Held(
        Known(
            Hashed({key: fingerprint async for key, fingerprint in _held(client, who, kind)}), places.places
        ),
        {str(row["code"]): UUID(row["id"]) for row in communities},
        budgets,
    )


async def _held(client: Client, who: Who, kind: Kind) -> AsyncIterator[tuple[str, str]]:
    """Hashed keys with fingerprints; what people entered by hand has an empty one. Budgets have none."""
    match kind:
        case Kind.COMMUNITIES | Kind.CADRES:
            async for row in client.pages(who, f"/intake/api/v1/{kind.value}/known"):
                for key in row["keys"]:
                    yield key, row["fingerprint"]
        case Kind.VOLUNTEERS:
            async for row in client.pages(who, PATHS[kind]):
                yield row["natural"], row["fingerprint"]
        case Kind.BUDGETS:
            return


async def wait_until_shown(client: Client, who: Who, kind: Kind, position: str) -> None:
    """Return once the lists show what was written, so that the next file finds it; a minute at the most.

    A list waits two seconds for `after`; one that answers sooner shows it.
    """
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        begin = time.monotonic()
        await client.read(who, SHOWN[kind], after=position)
        if time.monotonic() - begin < WAITS:
            return
