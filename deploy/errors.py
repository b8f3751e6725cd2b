"""What can go wrong with the ground: the docstring is the message, one line that says what to do."""

import shlex
from pathlib import Path
from typing import Any


class DeployError(Exception):
    """The ground can't be prepared."""

    def __init__(self, **facts: Any) -> None:
        """Fill the docstring's `{names}` from `facts`; a path stands as a shell reads it, to be pasted."""
        self.facts = facts
        shown = {
            name: shlex.quote(str(fact)) if isinstance(fact, Path) else fact for name, fact in facts.items()
        }
        super().__init__(" ".join((type(self).__doc__ or "").split()).format(**shown))


class PortTakenError(DeployError):
    """Port {port} is taken by another program: stop that one, or give another port with --port."""


class CantListenError(DeployError):
    """Can't listen on {host}, port {port} ({reason}): give others with --host and --port."""


class NewerDataError(DeployError):
    """A newer Jiujin wrote the data in {data} ({found}): start that version, or upgrade this one."""


class RestoredError(DeployError):
    """{data} was restored from dumps: start it once with `./jiujin up --data {data} --new-epoch`."""


class DemoHereError(DeployError):
    """{data} holds a demo, and --empty begins a bureau's own data: give another folder with --data."""


class NoAdministratorError(DeployError):
    """A bureau of one's own needs a first administrator: give --admin NAME and --password-file FILE."""


class FirstAccountError(DeployError):
    """The first administrator's {field} won't do: it must be {rule}."""


class KeyBrokenError(DeployError):
    """{file} is no key: bring it back from the backup of the data folder."""


class EndedError(DeployError):
    """A part that nothing works without has ended ({reason}): nothing is lost; read {log}, start again."""


class NotStartedError(DeployError):
    """There are no data in {data} yet: start with `./jiujin up --data {data}`."""


class NotDevelopmentError(DeployError):
    """{data} holds a bureau's own data: sign in for a token; these are made for demos only."""
