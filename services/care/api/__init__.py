"""The API of care, one file a resource."""

from fastapi import APIRouter

from services.care.api import (
    budgets,
    cases,
    evidence,
    funding_lists,
    fundings,
    photos,
    plans,
    visits,
)

router = APIRouter()
for part in (cases, visits, photos, plans, funding_lists, fundings, evidence, budgets):
    router.include_router(part.router)
