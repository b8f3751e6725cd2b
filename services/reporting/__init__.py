"""Reporting: a copy of every envelope, and what it folds from them."""
