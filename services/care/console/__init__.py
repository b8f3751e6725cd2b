"""Care's pages: visits, on a phone at the door."""

from fastapi import APIRouter

from services.care.console import home, visits, visits_door, visits_photos

router = APIRouter()
router.include_router(home.router)
router.include_router(visits.router)
router.include_router(visits_door.router)
router.include_router(visits_photos.router)
