"""Intake's aggregates: pure, without any I/O."""
