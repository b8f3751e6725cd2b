"""The wiring of reporting."""

from pathlib import Path

from services.reporting.api import router
from services.reporting.archive import Archive
from services.reporting.console import router as console
from services.reporting.views import VIEWS
from shared.console.ended import ENDED
from shared.eventstore.store import EventStore
from shared.service import GATHER_SECONDS, Definition

LINGER = 0.02
"""Seconds that the archive waits for company: a batch costs it the same whether it has one event or many."""


def _archive(store: EventStore) -> Archive:
    return Archive("reporting", store, {}, SERVICE.views, linger=LINGER, gather=GATHER_SECONDS)


SERVICE = Definition(
    name="reporting",
    title="Reporting 档案历史与统计",
    router=router,
    console=console,
    views=(*VIEWS, ENDED),
    lineages=(Path(__file__).with_name("migrations"),),
    consumer_factory=_archive,
)
