"""What communities weigh, and whose members they have: what a rebalancing is made from."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.matching.domain.week import day_of
from services.matching.engine.balancing import City, Community, Member, targets
from services.matching.engine.balancing.values import MOST
from services.matching.engine.values import HelperFile
from shared.contracts import matching as m
from shared.contracts.values import Point
from shared.eventstore.work import Work

CADRE, HARDSHIP = 2, 1
"""What a cadre weighs, and each hardship that holds: two of them count as one more cadre."""

RECKONED = """
WITH RECURSIVE tops AS (
    SELECT cadre, cadre AS top FROM cadres WHERE merged_into IS NULL
    UNION SELECT c.cadre, t.top FROM cadres c JOIN tops t ON c.merged_into = t.cadre
), held AS (
    SELECT top, count(DISTINCT flag) AS flags FROM hardships JOIN tops USING (cadre)
    WHERE starts <= $1 AND (ends IS NULL OR ends >= $1) GROUP BY top
)
SELECT o.community, o.centre, count(c.cadre) AS cadres, coalesce(sum(h.flags), 0)::int AS hardships
FROM communities o
LEFT JOIN cadres c ON c.community = o.community AND c.merged_into IS NULL AND NOT c.deceased
LEFT JOIN held h ON h.top = c.cadre
WHERE $2::uuid[] IS NULL OR o.community = ANY ($2)
GROUP BY o.community ORDER BY o.community
"""
"""Of who lives on, under the file that goes on; a hardship that two files tell of counts once."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A community's cadres, the hardships that hold among them, and where its centre is."""

    community: UUID
    cadres: int
    hardships: int
    centre: Point | None

    @property
    def weight(self) -> int:
        """In proportion to it members are wanted."""
        return CADRE * self.cadres + HARDSHIP * self.hardships


async def reckon(work: Work, communities: Collection[UUID] | None) -> list[Reckoned]:
    """These communities as they are now; all, without."""
    rows = await work.db.fetch(RECKONED, day_of(work.at), None if communities is None else list(communities))
    return [
        Reckoned(
            row["community"],
            row["cadres"],
            row["hardships"],
            row["centre"] and Point.model_validate_json(row["centre"]),
        )
        for row in rows
    ]


def city_of(
    communities: Sequence[Reckoned], files: Iterable[HelperFile], pairing_metres: int, *, citywide: bool
) -> City:
    """These communities with the associations' members in them; those who aren't placed, too, `citywide`.

    Who is suspended counts, but stays. A community that isn't known is as none.
    """
    known = {one.community for one in communities}
    members = []
    for file in files:
        facts = file.facts
        here = facts.community if facts.community in known else None
        if file.left or not facts.association or not (here or citywide):
            continue
        members.append(
            Member(
                member=file.helper,
                association=facts.association,
                community=here,
                home=facts.profile.home if facts.profile else None,
                pinned=not file.active,
                penalty=min(MOST, pairing_metres * len(file.paired)),
            )
        )
    places = (Community(one.community, one.weight, one.centre) for one in communities)
    return City(tuple(places), tuple(members))


def told(rebalancing: UUID, communities: Sequence[Reckoned], city: City) -> list[m.CommunityReckoned]:
    """As events, with what each community has of each association and should have."""
    weights = {one.community: one.weight for one in communities}
    sizes = Counter(one.association for one in city.members)
    wanted = {association: targets(weights, size) for association, size in sorted(sizes.items())}
    has = Counter((one.association, one.community) for one in city.members)
    return [
        m.CommunityReckoned(
            rebalancing=rebalancing,
            community=one.community,
            cadres=one.cadres,
            hardships=one.hardships,
            weight=one.weight,
            centre=one.centre,
            shares=tuple(
                m.Share(association=name, members=has[name, one.community], target=target[one.community])
                for name, target in wanted.items()
            ),
        )
        for one in communities
    ]
