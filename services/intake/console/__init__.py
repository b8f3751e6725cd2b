"""The operator's pages: find who calls, write down what is needed, follow what is open."""

from fastapi import APIRouter

from services.intake.console import call, finding, lists, merging, request, rescue

router = APIRouter()
for part in (lists, finding, call, merging, rescue, request):
    router.include_router(part.router)
