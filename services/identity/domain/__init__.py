"""The aggregates of identity: pure."""
