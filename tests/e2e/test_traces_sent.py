"""`./jiujin up --traces`: a call and all that comes of it is one trace, in one process and in several."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.command_line import SECONDS, start

pytestmark = [pytest.mark.long, pytest.mark.alone]

Span = tuple[str, str]
"""The process's name, and the span's."""
SERVICES = ("intake", "matching", "care", "reporting")
WAIT = 30.0


class Collector(BaseHTTPRequestHandler):
    """Keeps the spans that are sent to it, by trace."""

    traces: ClassVar[dict[bytes, set[Span]]] = defaultdict(set)
    arrived: ClassVar[threading.Event] = threading.Event()

    def do_POST(self) -> None:
        """Take a batch of OTLP."""
        batch = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        for resource in batch.resource_spans:
            (name,) = [
                one.value.string_value for one in resource.resource.attributes if one.key == "service.name"
            ]
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.traces[span.trace_id].add((name, span.name))
        self.arrived.set()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[str]:
    """Where to send to."""
    Collector.traces.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces"
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "processes"),
    [
        (["--kafka", "--pastless"], [f"jiujin-{name}" for name in SERVICES]),
        (["--pastless"], ["jiujin-up"] * len(SERVICES)),
    ],
    ids=["several", "one"],
)
def test_a_call_is_one_trace_to_the_last_view(
    open_folder: Path, kafka_jars: Path, collector: str, words: Sequence[str], processes: Sequence[str]
) -> None:
    """From the operator's command through each service's append to what each one's views take in.

    Whoever calls passes on what it is part of: the simulation's callers do so for each request's whole way.
    """
    assert kafka_jars.exists()
    up = start(open_folder / f"traces-{len(words)}", *words, "--traces", collector)
    try:
        up.wait_ready()
        done = up.verb("simulate", "--requests", "12", "--seed", "3")
        assert done.returncode == 0, done.stdout[-3000:]
        wanted = {
            (process, f"{service} {did}")
            for service, process in zip(SERVICES, processes, strict=True)
            for did in ("append", "took in")
            if (service, did) != ("reporting", "append")
        } | {(processes[0], "intake.ReceiveRequest")}
        deadline = time.monotonic() + WAIT
        while not any(wanted <= spans for spans in list(Collector.traces.values())):
            assert time.monotonic() < deadline, max(list(Collector.traces.values()), key=len, default=set())
            Collector.arrived.wait(1)
            Collector.arrived.clear()
    finally:
        up.process.terminate()
        assert up.process.wait(SECONDS) == 0
