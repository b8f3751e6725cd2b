"""`jiujin up`: everything, at one address, until a signal."""

import sys
import time
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


@app.command(epilog="Example: ./jiujin up --data /srv/jiujin --port 8600")
def up(
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
    virtual: Annotated[bool, typer.Option("--virtual", hidden=True)] = False,
) -> None:
    """Start PostgreSQL and all services; on first run make the demo city. Ctrl-C stops in order."""
    shown = _Shown(data)
    shown.say(f"starting Jiujin on {data}")
    folder = DataFolder(data)
    with listen(host, port, folder) as door:
        first = _administrator(data, admin, password_file) if empty else None
        folder.make()
        # The services take a moment to load: what can refuse a start has done so before.
        from deploy.run import Plan, Screen, run

        plan = Plan(data, host, empty, first, virtual, new_epoch)
        run(plan, Screen(shown.say, shown.serving, shown.loaded), door)
    shown.say("stopped")


class _Shown:
    """The screen: lines with the seconds since the start, then what there is to use."""

    def __init__(self, data: Path) -> None:
        self._data, self._begin = data, time.monotonic()
        self._shown: set[Role] = set()

    def say(self, line: str) -> None:
        print(f"[{time.monotonic() - self._begin:6.1f} s] {line}", flush=True)

    def serving(self, state: "RunState", tokens: Mapping[Role, str]) -> None:
        self.say(f"everything serves at {state.address}")
        print("\nDocumentation of each API")
        from deploy.services import SERVICES

        for service in SERVICES:
            print(f"  {service.name:<10} {state.address}{service.prefix}/docs")
        self._tokens(tokens)
        print("\nTry next")
        for command, why in self._next(state):
            print(f"  {command}\n      {why}")
        print("\nCtrl-C stops it.\n", flush=True)
        if state.loading:
            self.say("making the demo city's past; the pages answer already")

    def loaded(self, _: "RunState", tokens: Mapping[Role, str]) -> None:
        self.say("the demo city has its past, and its clock is the real one from now on")
        self._tokens(tokens)
        print(flush=True)

    def _tokens(self, tokens: Mapping[Role, str]) -> None:
        """Those of roles that had none so far."""
        new = {role: token for role, token in tokens.items() if role not in self._shown}
        if not new:
            return
        print(f"\nA ready token per role, good for 12 hours (also in {DataFolder(self._data).tokens})")
        for role, token in new.items():
            print(f"  {role:<12} {token}")
        self._shown |= set(new)

    def _next(self, state: "RunState") -> list[tuple[str, str]]:
        option = data_option(self._data)
        if not state.demo:
            return [
                ("./jiujin import --help", "how to bring in communities, cadres, volunteers, budgets"),
                (f"./jiujin status{option} --token …", "how each service is"),
                (f"./jiujin events{option} --token … --follow", "what happens, as it happens"),
            ]
        curl = f'curl -H "Authorization: Bearer $(./jiujin token --role operator{option})"'
        return [
            (f"./jiujin status{option}", "how each service is, and what time it is in the city"),
            (f"./jiujin events --follow{option}", "what happens, as it happens"),
            (f"{curl} {state.address}/intake/api/v1/communities", "an API, as an operator"),
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
