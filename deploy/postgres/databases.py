"""A database and a role for each service; a role enters its own database only."""

import secrets
import subprocess
from pathlib import Path
from urllib.parse import quote, urlencode

from deploy.disk import full
from deploy.postgres.errors import NO_SPACE, DiskFull, SecretLost, StartFailed, folder_errors
from deploy.postgres.server import Server

DATABASES = ("intake", "matching", "care", "reporting", "identity", "vault")
SUPERUSER = "postgres"

# Run at every start, so that what a killed first start left out is made up for.
PROVISION = r"""
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \gexec
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
"""
CLOSE_THE_REST = "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;\n"


class Secrets:
    """The passwords in `folder`, one file each, for the owner's eyes only."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read before it is asked for."""
        self._folder = folder

    def path(self, name: str) -> Path:
        """The file with this password."""
        return self._folder / name

    def get(self, name: str) -> str:
        """The password; raises SecretLost."""
        try:
            return self.path(name).read_text().strip()
        except FileNotFoundError as lost:
            raise SecretLost(file=self.path(name)) from lost

    def get_or_make(self, name: str) -> str:
        """The password, a random one of 256 bits on first use; raises FolderNotWritable, DiskFull."""
        path = self.path(name)
        with folder_errors(self._folder):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if not path.exists() or not path.read_text().strip():
                half = path.with_suffix(".new")
                half.unlink(missing_ok=True)
                half.touch(mode=0o600)
                half.write_text(secrets.token_urlsafe(32) + "\n")
                half.rename(path)
        return self.get(name)


def dsn(server: Server, role: str, password: str, database: str) -> str:
    """The address of a database as asyncpg and libpq read it; without a password where that is empty."""
    where = {"host": server.host, "port": server.port}
    if not server.host.startswith("/"):
        where["sslmode"] = "disable"  # the wheel's PostgreSQL has none
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgresql://{role}{secret}@/{database}?{urlencode(where)}"


def provision(server: Server, binaries: Path, passwords: Secrets, log: Path) -> None:
    """Make the databases and roles that are missing. Raises SecretLost, DiskFull, StartFailed."""
    script = CLOSE_THE_REST
    for name in DATABASES:
        script += f"\\set role jiujin_{name}\n\\set password '{passwords.get_or_make(name)}'\n{PROVISION}"
    password = passwords.get("superuser")
    command: list[str | Path] = [binaries / "psql", "-XqAt", "-U", SUPERUSER]
    command += ["-h", server.host, "-p", str(server.port), "postgres"]
    # The script goes in by stdin and the password by environment: a command line is for all to read.
    done = subprocess.run(  # noqa: S603 - our own words
        command,
        check=False,
        input=script,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PGPASSWORD": password},
    )
    if "password authentication failed" in done.stderr:
        raise SecretLost(file=passwords.path("superuser"))
    if done.returncode != 0 and (NO_SPACE in done.stderr or full(log.parent)):
        raise DiskFull(folder=log.parent.parent)
    if done.returncode != 0:
        raise StartFailed(reason=(done.stderr.strip().splitlines() or ["psql failed"])[-1], log=log)
