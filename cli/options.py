"""The options that verbs share: annotate a parameter with one, and give it the default named beside it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.app import CHECKOUT

DEFAULT_DATA = CHECKOUT / ".data"
DEFAULT_PORT = 8600


class Service(StrEnum):
    """The services, for an option that names one."""

    INTAKE = "intake"
    MATCHING = "matching"
    CARE = "care"
    REPORTING = "reporting"
    IDENTITY = "identity"


Data = Annotated[
    Path,
    typer.Option(
        "--data", envvar="JIUJIN_DATA", file_okay=False, resolve_path=True, help="Folder of all data."
    ),
]
Port = Annotated[
    int, typer.Option("--port", envvar="JIUJIN_PORT", min=1, max=65535, help="Port of the one address.")
]
RunningPort = Annotated[
    int | None,
    typer.Option(
        "--port",
        envvar="JIUJIN_PORT",
        min=1,
        max=65535,
        help="Port of the running system, if not the one that its data folder names.",
        show_default=False,
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="JIUJIN_TOKEN",
        help="Your token; a demo needs none.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
