"""`jiujin user`: accounts, that is who may sign in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Cadre, Communities, Data, Helper, RunningPort, Token, Unit
from shared.roles import Role

PATH = "/identity/api/v1/accounts"
user = typer.Typer(help="Accounts: who may sign in.")
app.add_typer(user, name="user")


@user.callback()
def accounts() -> None:
    """Accounts: who may sign in."""


@user.command(epilog="Example: ./jiujin user add li.min --name 李敏 --role operator --community HT01")
def add(  # noqa: PLR0913, PLR0917  the options of a verb
    login: Annotated[str, typer.Argument(help="What is typed to sign in.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Of the person.", show_default=False)],
    role: Annotated[list[Role], typer.Option("--role", help="More than once for several.")],
    community: Communities = None,
    cadre: Cadre = None,
    helper: Helper = None,
    unit: Unit = "",
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            exists=True,
            dir_okay=False,
            help="The file with the password in its first line.",
            show_default=False,
        ),
    ] = None,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
) -> None:
    """Open an account. Without --token the key in the data folder vouches for whoever runs the system."""
    from services.intake.domain.community import community_id

    scope = [str(community_id(code)) for code in community] if community else None
    bound = {"cadre": cadre and str(cadre), "helper": helper and str(helper), "unit": unit}
    own = {what: value for what, value in bound.items() if value}
    body = {
        "login": login,
        "name": name,
        "grants": [{"role": one.value, "communities": scope, **own} for one in role],
        "password": _password(password_file),
    }
    with Client(data, port, token=token or _vouched(data)) as client:
        client.post(PATH, body)
        print(f"{login.strip().lower()} may sign in at {client.address}/")


def _password(file: Path | None) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        if not lines or not lines[0]:
            raise CliError(f"{file} has no password in its first line: write it there.")
        return lines[0]
    if not sys.stdin.isatty():
        raise CliError("nobody can type a password here: give --password-file.")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _vouched(data: Path) -> str:
    """An administrator's token of five minutes, by the key itself: who has that can be anybody anyway."""
    from deploy.client import NoKeyError, Signer, Who
    from deploy.folder import DataFolder

    try:
        signer = Signer.of(DataFolder(data).path)
    except NoKeyError as error:
        raise CliError(f"{data} holds no key: give an administrator's --token, or the --data.") from error
    signer.dev = False
    return signer.token(Who("key-holder", Role.ADMIN))
