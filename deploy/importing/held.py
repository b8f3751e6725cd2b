"""What the running system holds already, as its importer endpoints tell: hashed keys, never names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from deploy.client import Client, Who
from deploy.importing.items import hashed
from shared.tables import CommunityRecord, Kind, Known

PATHS = {
    Kind.COMMUNITIES: "/intake/api/v1/communities/import",
    Kind.CADRES: "/intake/api/v1/cadres/import",
    Kind.VOLUNTEERS: "/matching/api/v1/helpers/import",
    Kind.BUDGETS: "/care/api/v1/budgets/import",
}
"""Where a kind of row is sent, and where one asks what is held."""


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
    """What a check needs to know, and the ids of the communities by code."""

    known: Known
    communities: Mapping[str, UUID]


async def read_held(client: Client, who: Who, kind: Kind) -> Held:
    """Ask what is held of a kind, and which communities rows may name."""
    communities = [row async for row in client.pages(who, "/intake/api/v1/communities")]
    places = Known().plus(
        CommunityRecord(row=0, code=row["code"], name=row["name"], subdistrict=row["subdistrict"])
        for row in communities
    )
    held = {row["key"]: row["fingerprint"] async for row in client.pages(who, PATHS[kind])}
    ids = {str(row["code"]): UUID(row["id"]) for row in communities}
    return Held(Known(Hashed(held), places.places), ids)
