"""Matching's pages: the board, a request, the volunteers, the plans; and offers, for those who are asked."""

from fastapi import APIRouter

from services.matching.console import (
    boards,
    helpers,
    maps,
    offers,
    pairings,
    plans,
    rebalancings,
    requests,
)

router = APIRouter()
for part in (boards, maps, requests, helpers, pairings, plans, rebalancings, offers):
    router.include_router(part.router)
