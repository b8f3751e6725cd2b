"""The options that verbs share: annotate a parameter with one, and give it the default named beside it."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from typer.core import TyperGroup

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
Communities = Annotated[
    list[str] | None,
    typer.Option("--community", help="Code of a community, more than once; without it the whole city."),
]
Cadre = Annotated[UUID | None, typer.Option("--cadre", help="Family: whose. An id.", show_default=False)]
Helper = Annotated[
    UUID | None,
    typer.Option("--helper", help="Volunteers and other helpers: which one. An id.", show_default=False),
]
Unit = Annotated[str, typer.Option("--unit", help="Liaison: of which unit.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


class OptionsAnywhere(TyperGroup):
    """A group of subcommands whose options may stand before the subcommand as well as behind it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the subcommand first: it takes what stood before it, too."""
        place = self._subcommand(args)
        if place:
            args = [args[place], *args[:place], *args[place + 1 :]]
        return super().parse_args(ctx, args)

    def _subcommand(self, args: Sequence[str]) -> int | None:
        """Where it stands; an option's value is none, whatever it is called."""
        valued = {
            name for option in self.params if not getattr(option, "is_flag", False) for name in option.opts
        }
        value = False
        for place, word in enumerate(args):
            if value:
                value = False
            elif word in valued:
                value = True
            elif not word.startswith("-"):
                return place if word in self.commands else None
        return None
