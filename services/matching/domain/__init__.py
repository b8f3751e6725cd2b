"""The aggregates of matching, pure."""
