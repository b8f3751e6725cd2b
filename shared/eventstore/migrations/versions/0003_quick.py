"""Whether a demo's waits are seconds in place of minutes."""

from shared.migrations import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL beside."""
    run_sql(__file__)
