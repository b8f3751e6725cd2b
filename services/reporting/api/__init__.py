"""Reporting over HTTP."""

from fastapi import APIRouter

from services.reporting.api import casefiles, cases, figures, histories, rebuilding

router = APIRouter()
for part in (histories, casefiles, cases, figures, rebuilding):
    router.include_router(part.router)
