"""`jiujin test`: everything that must hold before a change is good."""

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from cli.app import CHECKOUT, app

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# A file's tests share what their module sets up, so they stay together.
# In the order of names the longest come first: chaos, contract, end to end.
PARALLEL = ("--dist=loadfile", "--no-loadscope-reorder")
WORKERS = 2


@dataclass(frozen=True)
class Check:
    """One tool and the words that follow `python`."""

    name: str
    words: Sequence[str]


@dataclass(frozen=True)
class Done:
    """How a check ended; `said` is what it printed, where that was kept back."""

    name: str
    code: int
    seconds: float
    said: str = ""


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
    begin = time.monotonic()
    done = [] if fast else list(_at_once(static_checks()))
    with TemporaryDirectory(prefix="jiujin-") as folder:
        arguments = [*(["tests/unit"] if fast else []), *context.args]
        notes: list[Path] = []
        for check in the_tests(arguments, require_all=require_all):
            notes.append(Path(folder, f"notes-{len(notes)}.json"))
            words = [*check.words, f"--notes={notes[-1]}"]
            done.append(_run(Check(check.name, words), capture=False))
        told = merged([json.loads(one.read_text()) for one in notes if one.exists()])
    print("\n" + "\n".join(last_lines(done, told, time.monotonic() - begin)))
    raise typer.Exit(code=int(any(one.code for one in done)))


def static_checks() -> Iterator[Check]:
    """What looks at the code without running it; the slowest last."""
    yield Check("ruff check", ["-m", "ruff", "check", "."])
    yield Check("ruff format", ["-m", "ruff", "format", "--check", "."])
    if has_contracts():
        yield Check("lint-imports", ["-c", LINT_IMPORTS])
    yield Check("mypy", ["-m", "mypy"])


def the_tests(arguments: Sequence[str], *, require_all: bool) -> list[Check]:
    """The tests, on two processes where there are two cores and the arguments don't say how many.

    When all are run, those that need the machine for themselves come after the others.
    """
    said = any(word.startswith(("-n", "--numprocesses")) for word in arguments)
    several = [] if said or len(os.sched_getaffinity(0)) < WORKERS else [f"-n{WORKERS}"]
    every = ["--require-all"] if require_all else []
    first = ["-m", "pytest", *several, *PARALLEL, *every, *arguments]
    if not require_all or arguments:
        return [Check("pytest", first)]
    then = ["-m", "pytest", *every, "-m", "alone"]
    return [Check("pytest", [*first, "-m", "not alone"]), Check("pytest, alone", then)]


def merged(notes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several runs told, as one."""
    told: dict[str, Any] = {"skipped": {}}
    for one in notes:
        for kind, words in one.items():
            if kind == "skipped":
                for reason, count in words.items():
                    told["skipped"][reason] = told["skipped"].get(reason, 0) + count
            else:
                told[kind] = list(dict.fromkeys([*told.get(kind, []), *words]))
    return told


def has_contracts() -> bool:
    """Whether pyproject.toml says which package may import which."""
    tools = tomllib.loads((CHECKOUT / "pyproject.toml").read_text()).get("tool", {})
    return bool(tools.get("importlinter", {}).get("contracts"))


def last_lines(done: Sequence[Done], told: dict[str, Any], seconds: float) -> Iterator[str]:
    """Each check, what servers the tests had, what was skipped and why, the time it all took."""
    for one in done:
        verdict = "ok" if one.code == 0 else f"failed ({one.code})"
        yield f"{one.name:<14} {verdict:<12} {one.seconds:7.1f} s"
    for kind, name in (("postgres", "PostgreSQL"), ("kafka", "Kafka")):
        for words in told.get(kind, []):
            yield f"{name:<14} {words}"
    for reason, count in told.get("skipped", {}).items():
        yield f"skipped {count:<6} {reason}"
    yield f"total {seconds:29.1f} s"


def _at_once(checks: Iterator[Check]) -> Iterator[Done]:
    """Run them side by side; what each said is printed in one piece."""
    with ThreadPoolExecutor() as pool:
        for one in pool.map(_run, checks):
            print(f"\n== {one.name}\n{one.said}", end="", flush=True)
            yield one


def _run(check: Check, *, capture: bool = True) -> Done:
    if not capture:
        print(f"\n== {check.name}", flush=True)
    begin = time.monotonic()
    ran = subprocess.run(  # noqa: S603 - our own tools
        [sys.executable, *check.words],
        check=False,
        cwd=CHECKOUT,
        text=True,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
    )
    return Done(check.name, ran.returncode, time.monotonic() - begin, ran.stdout or "")
