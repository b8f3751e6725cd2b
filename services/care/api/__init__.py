"""The API of care, one file a resource."""

from fastapi import APIRouter

from services.care.api import budgets, cases, evidence, fundings, photos, plans, visits

router = APIRouter()
for part in (cases, visits, photos, plans, fundings, evidence, budgets):
    router.include_router(part.router)
