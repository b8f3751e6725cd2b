"""Which keys were destroyed of late is found without looking at all of them."""

from shared.migrations import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the SQL beside."""
    run_sql(__file__)
