"""Identity over HTTP."""

from fastapi import APIRouter

from services.identity.api import accounts, tokens

router = APIRouter()
router.include_router(tokens.router)
router.include_router(accounts.router)
