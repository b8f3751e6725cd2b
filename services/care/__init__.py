"""Care: cases, visits, care plans, funding, budgets, evidence files."""
