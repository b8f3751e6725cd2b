"""`jiujin bench`: measures against ceilings and peers."""

import subprocess
import sys

import typer

from cli.app import CHECKOUT, app


@app.command(
    epilog="Example: ./jiujin bench --help",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def bench(context: typer.Context) -> None:
    """Measure throughput and latency. All arguments go to the benchmark."""
    done = subprocess.run([sys.executable, "-m", "bench", *context.args], check=False, cwd=CHECKOUT)  # noqa: S603  our own
    raise typer.Exit(code=done.returncode)
