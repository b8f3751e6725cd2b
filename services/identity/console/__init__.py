"""Identity's pages: signing in and out, oneself, everybody's accounts, and in a demo the ways in."""

from fastapi import APIRouter

from services.identity.console import accounts, demo, entering, look, own

router = APIRouter()
router.include_router(entering.router)
router.include_router(own.router)
router.include_router(accounts.router)
router.include_router(demo.router)
router.include_router(look.router)
