"""Matching's pages: offers, for those who are asked."""

from fastapi import APIRouter, Response

from services.matching.console import offers
from shared.console.session import HOME, Visit, see

router = APIRouter()
router.include_router(offers.router)


@router.get("/")
async def home(visit: Visit) -> Response:
    """On to the page that this role works on."""
    return see("/matching/offers" if visit.may("read_offers") else HOME)
