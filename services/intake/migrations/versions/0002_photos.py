"""Photos of cadres."""

from shared.migrations import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their table."""
    run_sql(__file__)
