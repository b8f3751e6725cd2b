"""Intake over HTTP, one file a resource."""

from fastapi import APIRouter

from services.intake.api import (
    cadre_lists,
    cadres,
    communities,
    finding,
    imports,
    photos,
    request_lists,
    requests,
    services,
    todos,
)

router = APIRouter()
for part in (
    imports,
    communities,
    services,
    finding,
    cadre_lists,
    cadres,
    photos,
    request_lists,
    requests,
    todos,
):
    router.include_router(part.router)
