"""`jiujin up`: everything, at one address, until a signal."""

import shutil
import sys
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import CliError, app
from cli.client import data_option
from cli.options import DEFAULT_DATA, DEFAULT_PORT, Data, Port
from deploy.address import listen
from deploy.errors import NoAdministratorError
from deploy.folder import DataFolder
from shared.roles import Role

if TYPE_CHECKING:
    from deploy.first import Administrator
    from deploy.folder import RunState
    from deploy.ready import Ready


RESET = "\x1b[0m"
COLOURS = tuple(f"\x1b[{number}m" for number in (36, 35, 34, 33, 32, 96, 95, 94, 93, 92))


@app.command(epilog="Example: ./jiujin up --data /srv/jiujin --port 8600")
def up(  # noqa: PLR0913  a verb has the options that it has
    data: Data = DEFAULT_DATA,
    port: Port = DEFAULT_PORT,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    *,
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin a bureau of one's own in place of the demo city.")
    ] = False,
    admin: Annotated[
        str | None,
        typer.Option("--admin", help="With --empty: the first administrator's login.", show_default=False),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            exists=True,
            dir_okay=False,
            help="With --admin: the file with the password in its first line.",
            show_default=False,
        ),
    ] = None,
    new_epoch: Annotated[
        bool, typer.Option("--new-epoch", help="Once, after the databases were restored from a dump.")
    ] = False,
    kafka: Annotated[
        bool,
        typer.Option("--kafka", help="Each service a process of its own, Apache Kafka between (Java 17+)."),
    ] = False,
    traces: Annotated[
        str,
        typer.Option(
            "--traces",
            envvar="JIUJIN_TRACES_URL",
            help="Send traces here by OTLP over HTTP: http://HOST:4318/v1/traces.",
            show_default=False,
        ),
    ] = "",
    virtual: Annotated[bool, typer.Option("--virtual", hidden=True)] = False,
    pastless: Annotated[bool, typer.Option("--pastless", hidden=True)] = False,
) -> None:
    """Start PostgreSQL and all services; on first run make the demo city. Ctrl-C stops in order."""
    shown = _Shown(data)
    shown.say(f"starting Jiujin on {data}")
    folder = DataFolder(data)
    with listen(host, port, folder) as door:
        first = _administrator(data, admin, password_file) if empty else None
        folder.make()
        # The services take a moment to load: what can refuse a start has done so before.
        from deploy.ground import Plan, Screen

        plan = Plan(data, host, empty, first, virtual, pastless, new_epoch, traces=traces)
        screen = Screen(shown.say, shown.serving, shown.loaded, shown.process)
        if kafka:
            from deploy.several import run_several

            run_several(plan, screen, door)
        else:
            from deploy.run import run

            run(plan, screen, door)
    shown.say("stopped")


class _Shown:
    """The screen: lines with the seconds since the start, then what there is to use, last what to do next."""

    def __init__(self, data: Path) -> None:
        self._data, self._begin = data, time.monotonic()
        self._option = data_option(data)
        self._shown: set[Role] = set()
        self._passing = False

    def say(self, line: str) -> None:
        """A line; on a terminal those of the demo's loading take each other's place: they'd bury the rest."""
        text = f"[{time.monotonic() - self._begin:6.1f} s] {line}"
        if line.startswith("demo: ") and sys.stdout.isatty():
            width = shutil.get_terminal_size().columns
            print(f"\r\x1b[K{text[: width - 1]}", end="", flush=True)
            self._passing = True
            return
        self._stay()
        print(text, flush=True)

    def process(self, name: str, line: str) -> None:
        """A line of one of several processes, each in its colour."""
        self._stay()
        colour = COLOURS[zlib.crc32(name.encode()) % len(COLOURS)] if sys.stdout.isatty() else ""
        print(f"{colour}{name:<10}{RESET if colour else ''} {line}", flush=True)

    def serving(self, state: "RunState", ready: "Ready") -> None:
        self.say(f"open {state.address}/")
        self.say(f"everything serves at {state.address}")
        if state.loading:
            self.say("making the demo city's past, about a minute; the APIs answer already")
        self._tokens(ready.tokens)
        print("\nDocumentation of each API, to be tried there: Authorize takes a token")
        from deploy.services import SERVICES

        for service in SERVICES:
            print(f"  {service.name:<10} {state.address}{service.prefix}/docs")
        self._next(state, ready)

    def loaded(self, state: "RunState", ready: "Ready") -> None:
        self.say("the demo city has its past, and its clock is the real one from now on")
        self._tokens(ready.tokens)
        self._next(state, ready)

    def _stay(self) -> None:
        """Let what stands in a passing line stay."""
        if self._passing:
            print()
            self._passing = False

    def _tokens(self, tokens: Mapping[Role, str]) -> None:
        """Those of roles that had none so far."""
        new = {role: token for role, token in tokens.items() if role not in self._shown}
        if not new:
            return
        roles = "for each further role" if self._shown else "per role"
        print(f"\nA ready token {roles}, good for 12 hours; all are in {DataFolder(self._data).tokens}")
        for role, token in new.items():
            print(f"  {role:<12} {token}")
        self._shown |= set(new)

    def _next(self, state: "RunState", ready: "Ready") -> None:
        print("\nTry next")
        commands = (
            self._own() if not state.demo else self._lived(ready) if ready.cadre else self._young(state)
        )
        browser = "in a browser: enter in any role" if state.demo else "in a browser: sign in"
        for command, why in [(f"open {state.address}/", browser), *commands]:
            print(f"  {command}\n      {why}")
        print("\nCtrl-C stops it.", flush=True)

    def _own(self) -> list[tuple[str, str]]:
        return [
            ("docs/how-to/start-your-own-bureau.md", "how to sign in: the commands below take your token"),
            (
                f"./jiujin import --template communities.xlsx{self._option}",
                "a table to fill in; also cadres, volunteers, budgets",
            ),
            (f"./jiujin status{self._option}", "how each service is"),
        ]

    def _young(self, state: "RunState") -> list[tuple[str, str]]:
        curl = f'curl -H "Authorization: Bearer $(./jiujin token{self._option})" \\'
        return [
            (f"./jiujin status{self._option}", "how each service is, and what time it is in the city"),
            (f"./jiujin events --follow{self._option}", "what happens, as it happens"),
            (f"{curl}\n    {state.address}/intake/api/v1/communities", "an API, as an operator"),
        ]

    def _lived(self, ready: "Ready") -> list[tuple[str, str]]:
        return [
            (f"./jiujin status{self._option}", "how each service is"),
            (
                f'./jiujin replay {ready.cadre} --why "first look"{self._option}',
                "all that is recorded of somebody whom the city has helped",
            ),
            (
                f"./jiujin simulate --requests 20{self._option}",
                "twenty calls, from the phone to the callback",
            ),
            ("docs/tutorial.md", "a first case by hand, ten minutes"),
        ]


def _administrator(data: Path, login: str | None, password_file: Path | None) -> "Administrator | None":
    """Who is to be the first administrator: as given, or asked for; None when the data are there already."""
    if DataFolder(data).state() is not None:
        return None
    from deploy.first import Administrator

    if login and password_file:
        lines = password_file.read_text(encoding="utf-8").splitlines()
        if not lines or not lines[0]:
            raise CliError(f"{password_file} has no password in its first line: write it there.")
        return Administrator(login, lines[0])
    if not sys.stdin.isatty():
        raise NoAdministratorError
    login = login or typer.prompt("Login of the first administrator")
    return Administrator(login, typer.prompt("Password", hide_input=True, confirmation_prompt=True))
