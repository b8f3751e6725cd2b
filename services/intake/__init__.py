"""Intake: communities, the catalogue of services, the register, requests."""
