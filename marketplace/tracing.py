"""OpenTelemetry, where `OTEL_ENDPOINT` names a collector: spans of pages, tasks, statements and calls to the engine.

Without it nothing of the library is imported, and the middleware is not among those that a page passes. Spans say
views and statements with placeholders: no questions, no values, no addresses of people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from core import trail

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_started: TracerProvider | None = None


def start() -> bool:
    """Begins to send spans; False where no collector is named. Called again it changes nothing."""
    global _started  # noqa: PLW0603 - one provider a process, as the library wants it
    if not settings.OTEL_ENDPOINT or _started is not None:
        return _started is not None
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _started = TracerProvider(resource=Resource.create({"service.name": "ryad"}))
    address = f"{settings.OTEL_ENDPOINT.rstrip('/')}/v1/traces"
    _started.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address, timeout=5)))
    trace.set_tracer_provider(_started)
    CeleryInstrumentor().instrument()
    URLLib3Instrumentor().instrument()
    connection_created.connect(_watch_statements, dispatch_uid="marketplace.tracing")
    return True


def flush() -> None:
    """Sends what waits to be sent."""
    if _started is not None:
        _started.force_flush()


def _watch_statements(connection: Any, **_: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    from opentelemetry import trace

    text = " ".join(str(sql).split())[:600]
    attributes = {"db.system.name": context["connection"].vendor, "db.query.text": text}
    with trace.get_tracer("ryad").start_as_current_span(
        text.partition(" ")[0] or "statement", kind=trace.SpanKind.CLIENT, attributes=attributes
    ):
        return execute(sql, params, many, context)


class TracingMiddleware:
    """A span for each page, by the name of its view. Stands inside `core.middleware.RequestMiddleware`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        from opentelemetry import propagate, trace

        self.get_response = get_response
        self.tracer = trace.get_tracer("ryad")
        self.trace, self.propagate = trace, propagate

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Strangers must not choose to which trace their requests belong.
        outside = self.propagate.extract(request.headers) if settings.TRUSTED_PROXIES else None
        with self.tracer.start_as_current_span(
            str(request.method), context=outside, kind=self.trace.SpanKind.SERVER
        ) as span:
            response = self.get_response(request)
            view = trail.view_of(request)
            span.update_name(f"{request.method} {view}")
            span.set_attributes(
                {
                    "http.request.method": str(request.method),
                    "http.route": view,
                    "http.response.status_code": response.status_code,
                    "ryad.request_id": trail.request_id(),
                }
            )
            if response.status_code >= 500:
                span.set_status(self.trace.StatusCode.ERROR)
            return response
