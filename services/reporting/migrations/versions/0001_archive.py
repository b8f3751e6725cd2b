"""The first tables."""

from shared.migrations import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    run_sql(__file__)
