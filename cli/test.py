"""`jiujin test`: everything that must hold before a change is good."""

import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from cli.app import CHECKOUT, app

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Check:
    """One tool and the words that follow `python`."""

    name: str
    words: Sequence[str]


@app.command(
    epilog="Example: ./jiujin test --fast -k money",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def test(
    context: typer.Context,
    *,
    require_all: Annotated[
        bool, typer.Option("--require-all", help="Run the long tests too; a skipped test is a failure.")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="The unit tests only.")] = False,
) -> None:
    """Check style, types and boundaries, then run the tests. Other arguments go to pytest."""
    lines, failed = [], False
    for check in checks(context.args, require_all=require_all, fast=fast):
        print(f"\n== {check.name}", flush=True)
        begin = time.monotonic()
        code = subprocess.run([sys.executable, *check.words], check=False, cwd=CHECKOUT).returncode  # noqa: S603 - our own tools
        failed |= code != 0
        verdict = "ok" if code == 0 else f"failed ({code})"
        lines.append(f"{check.name:<14} {verdict:<12} {time.monotonic() - begin:7.1f} s")
    print("\n" + "\n".join(lines))
    raise typer.Exit(code=int(failed))


def checks(arguments: Sequence[str], *, require_all: bool, fast: bool) -> Iterator[Check]:
    """What runs, in order; the cheapest first, and pytest's summary last."""
    pytest = ["-m", "pytest", *(["--require-all"] if require_all else [])]
    if fast:
        yield Check("pytest", [*pytest, "tests/unit", *arguments])
        return
    yield Check("ruff check", ["-m", "ruff", "check", "."])
    yield Check("ruff format", ["-m", "ruff", "format", "--check", "."])
    yield Check("mypy", ["-m", "mypy"])
    if has_contracts():
        yield Check("lint-imports", ["-c", LINT_IMPORTS])
    yield Check("pytest", [*pytest, *arguments])


def has_contracts() -> bool:
    """Whether pyproject.toml says which package may import which."""
    tools = tomllib.loads((CHECKOUT / "pyproject.toml").read_text()).get("tool", {})
    return bool(tools.get("importlinter", {}).get("contracts"))
