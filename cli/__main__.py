"""`python -m cli`: gathers the verbs, runs one, and tells errors in one line."""

import pkgutil
import sys
from importlib import import_module

import cli
from cli.app import CliError, app
from deploy.errors import DeployError
from shared.errors import DomainError

NO_VERBS = {"__main__", "app", "client", "options", "reach", "screen"}


def main() -> None:
    """Run the verb named on the command line; exit code 1 and one line on stderr if it can't be done."""
    for module in pkgutil.iter_modules(cli.__path__):
        if module.name not in NO_VERBS:
            import_module(f"cli.{module.name}")
    try:
        app(prog_name="jiujin")
    except (CliError, DeployError, DomainError) as error:
        print(f"jiujin: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
