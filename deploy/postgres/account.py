"""Who runs PostgreSQL. It refuses to run as root, so root hands it to a user that the machine has."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from deploy.postgres.errors import NoAccount, WrongOwner


@dataclass(frozen=True)
class Account:
    """A user of the machine; `other` tells that it isn't the one who runs us."""

    name: str
    uid: int
    gid: int
    other: bool

    @classmethod
    def choose(cls, cluster: Path) -> Self:
        """The owner of an existing cluster, else ourselves, and for root `postgres` or `nobody`."""
        me = os.geteuid()
        if cluster.exists():
            owner = cluster.stat().st_uid
            if owner == 0 or me not in {0, owner}:
                raise WrongOwner(folder=cluster, owner=name_of(owner))
            return cls._of(owner)
        if me != 0:
            return cls._of(me)
        for name in ("postgres", "nobody"):
            try:
                return cls._of(pwd.getpwnam(name).pw_uid)
            except KeyError:
                continue
        raise NoAccount

    @classmethod
    def _of(cls, uid: int) -> Self:
        if uid == os.geteuid():
            return cls(name_of(uid), uid, os.getegid(), other=False)
        try:
            return cls(name_of(uid), uid, pwd.getpwuid(uid).pw_gid, other=True)
        except KeyError:
            return cls(name_of(uid), uid, uid, other=True)

    def popen_options(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program as this user, in a clean environment, off our terminal."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
            "start_new_session": True,
        }
        if self.other:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def can(self, command: Sequence[str | Path]) -> bool:
        """Whether the command runs well as this user."""
        try:
            done = subprocess.run(command, check=False, capture_output=True, **self.popen_options())  # noqa: S603 - our own words
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can pass through all folders down to `folder`."""
        return not self.other or self.can(["/bin/sh", "-c", 'cd "$0"', folder])

    def own_folder(self, folder: Path) -> None:
        """Make a folder that only this user enters; one that is there is left as it is."""
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if self.other:
                os.chown(folder, self.uid, self.gid)


def name_of(uid: int) -> str:
    """The user's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
