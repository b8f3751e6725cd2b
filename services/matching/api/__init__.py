"""The API of matching, one file a resource."""

from fastapi import APIRouter

from services.matching.api import helpers, imports, matches, offers, pairings

router = APIRouter()
for part in (imports, helpers, pairings, matches, offers):
    router.include_router(part.router)
