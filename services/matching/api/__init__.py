"""The API of matching, one file a resource."""

from fastapi import APIRouter

from services.matching.api import (
    helpers,
    imports,
    matches,
    offers,
    pairings,
    plans,
    rankings,
    rebalancings,
    weights,
)

MOST_ASKED_FIRST = (matches, rankings, offers, imports, helpers, pairings, weights, plans, rebalancings)
router = APIRouter()
for part in MOST_ASKED_FIRST:
    router.include_router(part.router)
