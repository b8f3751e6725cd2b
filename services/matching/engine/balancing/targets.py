"""How many members a community should have."""

from collections.abc import Mapping
from uuid import UUID

from services.matching.engine.balancing.values import City


def targets(weights: Mapping[UUID, int], members: int) -> dict[UUID, int]:
    """Whole numbers in proportion to the weights that add up to `members`, by largest remainders.

    Hamilton's method (Balinski and Young, Fair Representation, 1982): each has the whole part of its quota,
    weight * members / sum of weights; what is left over goes, one each, to the largest fractions, of equal
    ones to the smaller id. A weight of 0 has the target 0. All are 0 when no weight is above 0: then nobody
    is wanted anywhere. A minimum or a cap would enter here alone, given before the rest is shared out.
    """
    total = sum(weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    shares = {one: divmod(weight * members, total) for one, weight in weights.items()}
    left = members - sum(whole for whole, _ in shares.values())
    first = sorted(shares, key=lambda one: (-shares[one][1], one))[:left]
    return {one: whole for one, (whole, _) in shares.items()} | {one: shares[one][0] + 1 for one in first}


def shortage(city: City) -> int:
    """How many members all communities lack, each association by itself."""
    weights = {one.community: one.weight for one in city.communities}
    total = 0
    for association in {one.association for one in city.members}:
        counts = dict.fromkeys(weights, 0)
        own = [one.community for one in city.members if one.association == association]
        for community in own:
            if community is not None:
                counts[community] += 1
        wanted = targets(weights, len(own))
        total += sum(max(0, wanted[one] - count) for one, count in counts.items())
    return total
