"""One trace from a command through the services to the last view; and nothing of it unless it is wanted."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.eventstore.position import START
from shared.observe import traces
from tests.command_line import ENVIRONMENT, ROOT
from tests.contract.carrier import LocalUnderTest, Toys
from tests.harness import City

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What is traced meanwhile."""
    exporter = InMemorySpanExporter()
    traces.start("test", exporter=exporter)
    yield exporter
    traces.stop()


async def test_a_command_and_all_that_comes_of_it_are_one_trace(
    toy_city: City, spans: InMemorySpanExporter
) -> None:
    """Command, the other service's reaction to it, and what each service's views take in."""
    toys = Toys(LocalUnderTest(toy_city))
    counter = await toys.open()
    await toy_city.settle()
    spans.clear()
    await toys.count(counter, 1)
    await toy_city.settle()
    found = spans.get_finished_spans()
    assert len({span.context.trace_id for span in found}) == 1
    names = {span.name for span in found}
    assert {"counting.Count", "counting append", "counting took in"} <= names
    assert {"hearing append", "hearing took in"} <= names
    assert any(name.startswith("system:hearing/") for name in names)
    begun = [span for span in found if span.parent is None]
    assert [span.name for span in begun] == ["counting.Count"]
    told = {name for span in found for name in (span.attributes or {})}
    assert told <= {"type"}


async def test_the_trace_of_whoever_calls_goes_on(toy_city: City, spans: InMemorySpanExporter) -> None:
    """Its id is that of the caller's `traceparent`, in every event that came of it."""
    toys = Toys(LocalUnderTest(toy_city))
    body = {"cadre": "019e80b1-da80-7d16-908b-a25696bf70dd", "label": "计数"}
    answer = await toys.operator.command("/counting/api/v1/counters", body, traceparent=GIVEN)
    assert answer.status_code in {200, 201}
    await toy_city.settle()
    placed = [one for name in ("counting", "hearing") for one in await toy_city.store(name).read_all(START)]
    assert {one.envelope.traceparent.split("-")[1] for one in placed} == {GIVEN.split("-")[1]}
    assert {f"{span.context.trace_id:032x}" for span in spans.get_finished_spans()} == {GIVEN.split("-")[1]}


LOADED = "import deploy.processes.service, sys; print([m for m in sys.modules if m.startswith('%s')])"


def test_off_nothing_of_it_is_loaded() -> None:
    """A process is to be small."""
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-P", "-c", LOADED % "opentelemetry.sdk"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    assert done.stdout.strip() == "[]"
