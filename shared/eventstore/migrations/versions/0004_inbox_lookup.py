"""The inbox is looked up by stream, however the planner thinks of it."""

from shared.migrations import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the SQL beside."""
    run_sql(__file__)
