"""Traces by OpenTelemetry: a request, the message that it sends, the job that a worker runs.

Only the interface of OpenTelemetry is always installed, and does nothing. With the packages of
``requirements/otel.txt`` and ``SHARDGATE_OTEL`` spans are sent as the standard variables
``OTEL_EXPORTER_OTLP_*`` and ``OTEL_TRACES_SAMPLER`` say. A span holds ids, names of routes and
stages, and numbers: no path, no value, no text of an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from workers.settings import Settings

TRACEPARENT: Final = "traceparent"
"""The one header that carries a trace on (W3C Trace Context, section 3.2); it holds two ids."""
_NAME: Final = "shardgate"
_CARRIER: Final = TraceContextTextMapPropagator()
Value = str | int


def configure_tracing(settings: Settings, service: str) -> bool:
    """Send the spans of this process, as the settings ask for; tell whether that is so.

    Belongs behind any fork. Where the packages are not installed it is said once, and all else
    works as it does without.
    """
    if not settings.otel:
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - optional
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - optional
        from opentelemetry.sdk.trace import TracerProvider  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - optional
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - optional
    except ImportError:
        structlog.get_logger().warning(
            "tracing is off: the packages of requirements/otel.txt are not installed"
        )
        return False
    resource = Resource.create({"service.name": f"{_NAME}-{service}"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True


@contextmanager
def span(
    name: str, kind: SpanKind, ids: Mapping[str, Value], *, parent: str = ""
) -> Iterator[Span]:
    """Hold a span for the length of a block.

    Args:
        name: of a route, stage or step, never of anybody's things.
        kind: which end of a call it is.
        ids: attributes; identifiers, names of ours and numbers.
        parent: `TRACEPARENT` of who asked for it; empty: the span around this block, if any.
    """
    if _is_off():
        yield INVALID_SPAN
        return
    context = _CARRIER.extract({TRACEPARENT: parent}) if parent else None
    tracer = trace.get_tracer(_NAME)
    # What an error says could hold content, so its kind alone is told.
    with tracer.start_as_current_span(
        name,
        context=context,
        kind=kind,
        attributes=dict(ids),
        record_exception=False,
        set_status_on_exception=False,
    ) as found:
        try:
            yield found
        except BaseException as error:
            fail(found, type(error).__name__)
            raise


def _is_off() -> bool:
    """Tell whether nobody takes spans: to make one for nobody costs 4 % of a request."""
    return isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def fail(failed: Span, kind: str) -> None:
    """Mark a span as one of something that failed; `kind` is a code or the name of an error."""
    failed.set_attribute("error.type", kind)
    failed.set_status(Status(StatusCode.ERROR))


def carried() -> dict[str, str]:
    """Return the header that carries the present trace on; empty where there is none."""
    headers: dict[str, str] = {}
    _CARRIER.inject(headers)
    return {name: value for name, value in headers.items() if name == TRACEPARENT}
