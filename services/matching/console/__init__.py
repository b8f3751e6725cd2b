"""Matching's pages: the board, a request, the volunteers, the morning plan, the rebalancing."""

from fastapi import APIRouter

from services.matching.console import boards, helpers, pairings, plans, rebalancings, requests

router = APIRouter()
for part in (boards, requests, helpers, pairings, plans, rebalancings):
    router.include_router(part.router)
