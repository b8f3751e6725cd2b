"""Every event, one module per owning service, and the values they use.

Importing this package registers every type, so that any stored event can be revived.
"""

from shared.contracts import care, identity, intake, matching, operations, reporting

__all__ = ["care", "identity", "intake", "matching", "operations", "reporting"]
