"""The operator's pages: find who calls, write down what is needed, follow what is open; the register."""

from fastapi import APIRouter

from services.intake.console import call, finding, lists, merging, photos, register, request, rescue

router = APIRouter()
for part in (lists, finding, photos, register, call, merging, rescue, request):
    router.include_router(part.router)
