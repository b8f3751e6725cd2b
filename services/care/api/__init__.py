"""The API of care, one file a resource."""

from fastapi import APIRouter

from services.care.api import budgets, cases, evidence, fundings, plans, visits

router = APIRouter()
for part in (cases, visits, plans, fundings, evidence, budgets):
    router.include_router(part.router)
