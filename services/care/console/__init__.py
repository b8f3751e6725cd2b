"""Care's pages: visits, on a phone at the door; care plans; money for those in hardship, step by step."""

from fastapi import APIRouter

from services.care.console import (
    budget,
    budget_changes,
    funding,
    funding_draft,
    funding_live,
    funding_steps,
    home,
    plans,
    plans_acts,
    plans_new,
    visits,
    visits_door,
    visits_photos,
)

router = APIRouter()
for part in (
    home,
    plans_new,
    plans,
    plans_acts,
    visits,
    visits_door,
    visits_photos,
    funding_live,
    funding_draft,
    funding,
    funding_steps,
    budget,
    budget_changes,
):
    router.include_router(part.router)
