"""Matching's pages: the board, a request, the volunteers, the plans; and offers, for those who are asked."""

from fastapi import APIRouter

from services.matching.console import boards, helpers, offers, pairings, plans, rebalancings, requests

router = APIRouter()
for part in (boards, requests, helpers, pairings, plans, rebalancings, offers):
    router.include_router(part.router)
