"""Drafts of calls."""

from shared.migrations import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make their table."""
    run_sql(__file__)
