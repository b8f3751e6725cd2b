"""Seeing into a running process: figures, whether it is ready, and the trace of a call."""
