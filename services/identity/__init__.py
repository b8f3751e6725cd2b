"""Identity: accounts, roles, tokens of five minutes; it alone signs."""
