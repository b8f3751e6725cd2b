"""The options that verbs share: annotate a parameter with one, and give it the default named beside it."""

from pathlib import Path
from typing import Annotated

import typer

from cli.app import CHECKOUT

DEFAULT_DATA = CHECKOUT / ".data"
DEFAULT_PORT = 8600

Data = Annotated[
    Path,
    typer.Option(
        "--data", envvar="JIUJIN_DATA", file_okay=False, resolve_path=True, help="Folder of all data."
    ),
]
Port = Annotated[
    int, typer.Option("--port", envvar="JIUJIN_PORT", min=1, max=65535, help="Port of the gateway.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
