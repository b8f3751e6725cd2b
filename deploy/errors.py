"""What can go wrong with the ground: the docstring is the message, one line that says what to do."""

from typing import Any


class DeployError(Exception):
    """The ground can't be prepared."""

    def __init__(self, **facts: Any) -> None:
        """Fill the docstring's `{names}` from `facts`."""
        self.facts = facts
        super().__init__(" ".join((type(self).__doc__ or "").split()).format(**facts))
