"""A running system as the verbs reach it that send many requests at a time."""

from pathlib import Path
from typing import TYPE_CHECKING

from cli.app import CliError
from cli.client import data_option
from cli.options import DEFAULT_PORT
from deploy.errors import NotDevelopmentError, NotStartedError
from deploy.folder import DataFolder

if TYPE_CHECKING:
    from deploy.client import Client, Tokens

PATIENCE = 5.0
"""Seconds to wait for a system that doesn't answer."""


def reach(
    data: Path, port: int | None, token: str | None, *, language: str = "en", patience: float = PATIENCE
) -> "Client":
    """The system of `data`, or on `port`, as whoever `token` is; on a demo as everybody."""
    from deploy.client import Client

    state = DataFolder(data).state()
    named = state.address if state else f"http://127.0.0.1:{DEFAULT_PORT}"
    address = f"http://127.0.0.1:{port}" if port else named
    start = f"./jiujin up{data_option(data, port)}"
    return Client(address, _tokens(data, token, start), language=language, patience=patience, start=start)


def _tokens(data: Path, token: str | None, start: str) -> "Tokens":
    from deploy.client import GivenToken
    from deploy.tokens import signer

    if token:
        return GivenToken(token)
    try:
        return signer(data)
    except NotDevelopmentError as error:
        raise CliError(
            f"{data} holds a bureau's own data: sign in, and give the token with --token or in JIUJIN_TOKEN."
        ) from error
    except NotStartedError as error:
        raise CliError(f"there are no data in {data} yet: start with `{start}`.") from error
