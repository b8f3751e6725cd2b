"""The API of matching, one file a resource."""

from fastapi import APIRouter

from services.matching.api import helpers, imports, matches, offers, pairings, plans, rebalancings, weights

router = APIRouter()
for part in (matches, offers, imports, helpers, pairings, weights, plans, rebalancings):  # most asked first
    router.include_router(part.router)
