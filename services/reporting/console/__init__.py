"""Reporting's pages: the auditor's console, and the bureau's overview."""

from fastapi import APIRouter

from services.reporting.console import (
    cases,
    figures,
    files,
    finding,
    histories,
    papers,
    proof,
    readings,
    reasons,
)

router = APIRouter()
for part in (finding, reasons, papers, histories, files, cases, proof, readings, figures):
    router.include_router(part.router)
