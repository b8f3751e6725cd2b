"""What reporting folds: pure."""
