"""Reporting over HTTP."""

from fastapi import APIRouter

from services.reporting.api import (
    areas,
    casefiles,
    cases,
    checks,
    events,
    figure_lists,
    figures,
    histories,
    outlines,
    people,
    readings,
    rebuilding,
)

router = APIRouter()
for part in (people, histories, outlines, events, checks, casefiles, cases, readings):
    router.include_router(part.router)
for part in (figures, figure_lists, areas, rebuilding):
    router.include_router(part.router)
