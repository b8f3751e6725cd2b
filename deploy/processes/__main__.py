"""`python -m deploy.processes KIND`: one process, told by its environment; docs/reference/settings.md."""

import argparse
import sys
from functools import partial

import uvloop

from deploy.errors import DeployError
from deploy.log import configure_stdout
from deploy.processes.frame import WRONG, Open, live
from deploy.settings import KINDS, Gateway, Process, Relay, Service, read
from shared.bus.kafka.topics import WrongPartitionsError
from shared.eventstore.opening import RestoredDataError
from shared.migrations import NewerDatabaseError
from shared.observe import traces


def main() -> None:
    """Run until a signal."""
    parser = argparse.ArgumentParser(prog="python -m deploy.processes", description=__doc__)
    parser.add_argument("kind", choices=KINDS, help="what this process is")
    parser.add_argument("--door", type=int, help="number of a listening socket that the parent has opened")
    parser.add_argument("--parent", action="store_true", help="end when the parent closes its end of stdin")
    given = parser.parse_args()
    try:
        settings = read(KINDS[given.kind])
        configure_stdout(given.kind, settings.log_level)
        if settings.traces_url:
            traces.start(given.kind, settings.traces_url)
        uvloop.run(live(settings, _opening(given.kind, settings), door=given.door, parent=given.parent))
    except (DeployError, NewerDatabaseError, RestoredDataError, WrongPartitionsError) as error:
        sys.stderr.write(f"jiujin {given.kind}: {error}\n")
        sys.exit(WRONG)


def _opening(kind: str, settings: Process) -> Open:
    """Each kind loads what it needs and no more: a process is to be small."""
    if isinstance(settings, Service):
        from deploy.processes.service import open_service  # noqa: PLC0415  see above

        return partial(open_service, kind, settings)
    if isinstance(settings, Relay):
        from deploy.processes.relay import open_relay  # noqa: PLC0415  see above

        return partial(open_relay, settings)
    if isinstance(settings, Gateway):
        from deploy.processes.gateway import open_gateway  # noqa: PLC0415  see above

        return partial(open_gateway, settings)
    raise TypeError(kind)


if __name__ == "__main__":
    main()
