"""Traces by OpenTelemetry: from a call through every service to the last view one trace. Off unless started.

What a span is part of travels in the envelope's `traceparent` (W3C Trace Context). While it is off its SDK
isn't loaded, and an envelope carries on what it was given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared.bus.envelope import Envelope

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

_tracers: list["Tracer"] = []
"""The one tracer of this process, or none."""


def start(service: str, url: str = "", exporter: "SpanExporter | None" = None) -> None:
    """Make spans from now on, and send them to `url` by OTLP over HTTP, or to `exporter`."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  only when on
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  the same
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  the same
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor  # noqa: PLC0415  the same

    provider = TracerProvider(resource=Resource.create({"service.name": f"jiujin-{service}"}))
    if exporter is None:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    else:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    _tracers[:] = [provider.get_tracer("jiujin")]


def stop() -> None:
    """Make no more."""
    _tracers.clear()


def on() -> bool:
    """Whether spans are made."""
    return bool(_tracers)


def mark(name: str, envelope: Envelope) -> None:
    """A span of no length: something was done with an event among others."""
    with span(name, envelope.traceparent, type=envelope.type):
        pass


@contextmanager
def span(name: str, traceparent: str, **attributes: str) -> Iterator[str]:
    """A span under `traceparent`, or the first of a trace when it is empty; gives what is carried on."""
    if not _tracers:
        yield traceparent
        return
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415  only when on
        TraceContextTextMapPropagator,
    )

    propagator = TraceContextTextMapPropagator()
    parent = propagator.extract({"traceparent": traceparent}) if traceparent else None
    # What an error says may quote what people have told: it isn't recorded.
    options: Any = {"record_exception": False, "set_status_on_exception": False}
    with _tracers[0].start_as_current_span(name, context=parent, attributes=attributes, **options):
        carrier: dict[str, Any] = {}
        propagator.inject(carrier)
        yield str(carrier["traceparent"])
