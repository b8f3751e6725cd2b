"""Ports for the servers that a test starts, chosen as the program chooses its own."""

from deploy.ports import free_port

__all__ = ["free_port"]
