"""The API of matching, one file a resource."""

from fastapi import APIRouter

from services.matching.api import helpers, imports, matches, offers, pairings, weights

router = APIRouter()
for part in (imports, helpers, pairings, weights, matches, offers):
    router.include_router(part.router)
