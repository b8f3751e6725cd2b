"""What a run tells at its end: which PostgreSQL and Kafka it used, what was skipped and why.

The reason of a skip says what is missing and what to install: people read it as the last line of a run.
Under `--require-all` a skip is a failure.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

USED = pytest.StashKey[dict[str, set[str]]]()
FORBIDDEN = "skipped, which --require-all forbids: "
KINDS = {"postgres": "PostgreSQL", "kafka": "Kafka"}
Report = pytest.TestReport | pytest.CollectReport


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--require-all` and `--notes`."""
    parser.addoption("--require-all", action="store_true", help="run long tests; a skip is a failure")
    parser.addoption("--notes", type=Path, help="write what is told at the end to this file, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Nothing was used yet."""
    config.stash[USED] = dict[str, set[str]]((kind, set()) for kind in KINDS)


@pytest.fixture(scope="session")
def tell_postgres(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Say which PostgreSQL is used, in words for people."""
    return pytestconfig.stash[USED]["postgres"].add


@pytest.fixture(scope="session")
def tell_kafka(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Say which Kafka is used."""
    return pytestconfig.stash[USED]["kafka"].add


def _fail_if_skipped(config: pytest.Config, report: Report) -> None:
    if config.getoption("--require-all") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = FORBIDDEN + _reason(report)


def _reason(report: Report) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    return reason.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under `--require-all` a skipped test has failed."""
    report = yield
    _fail_if_skipped(item.config, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Under `--require-all` a skipped module has failed."""
    report = yield
    _fail_if_skipped(collector.config, report)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells what it used to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output.update(_used(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker used; one that crashed tells nothing."""
    told = getattr(node, "workeroutput", {})
    for kind, used in node.config.stash[USED].items():
        used.update(told.get(kind, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the lines, or write the file."""
    used = _used(config)
    notes: Path | None = config.getoption("--notes")
    if notes is not None:
        notes.write_text(json.dumps(used | {"skipped": _skipped(terminalreporter)}))
        return
    for kind, words in used.items():
        if words:
            terminalreporter.write_line(f"{KINDS[kind]}: {'; '.join(words)}")


def _used(config: pytest.Config) -> dict[str, Any]:
    return {kind: sorted(words) for kind, words in config.stash[USED].items()}


def _skipped(reporter: pytest.TerminalReporter) -> dict[str, int]:
    """How many tests or modules were skipped, by reason; those that failed for it too."""
    found: dict[str, set[str]] = defaultdict(set)
    for report in (one for kind in ("skipped", "failed", "error") for one in reporter.stats.get(kind, [])):
        if report.skipped:
            found[_reason(report)].add(report.nodeid)
        elif str(report.longrepr).startswith(FORBIDDEN):
            found[str(report.longrepr).removeprefix(FORBIDDEN)].add(report.nodeid)
    return {reason: len(names) for reason, names in sorted(found.items())}
