"""`jiujin screenshots`: pictures of the main pages, for the README and the guides."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.app import CHECKOUT, app

FOLDER = CHECKOUT / "docs" / "pictures"


@app.command(epilog="Example: ./jiujin screenshots board --folder /tmp/pictures")
def screenshots(
    names: Annotated[
        list[str] | None, typer.Argument(help="Some of the pictures; all without any.", show_default=False)
    ] = None,
    folder: Annotated[Path, typer.Option("--folder", file_okay=False, help="Where to put them.")] = FOLDER,
) -> None:
    """Make a demo city with its past, enter it in each role, and take pictures of its main pages."""
    words = [sys.executable, "-P", "-m", "tests.screens", str(folder.absolute()), *(names or ())]
    raise typer.Exit(code=subprocess.run(words, check=False, cwd=CHECKOUT).returncode)  # noqa: S603  our own
