"""Matching's pages: the board, a request, the volunteers, the plans; and offers, for those who are asked."""

from fastapi import APIRouter

from services.matching.console import boards, offers, requests

router = APIRouter()
for part in (boards, requests, offers):
    router.include_router(part.router)
