"""Matching: helpers and their time, pairings, and who comes to whom."""
