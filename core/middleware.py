"""The page edge: each request has an id, a log line and a place in the metrics; domain errors become pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import metrics, trail
from core.errors import DomainError, TooMany

log = structlog.get_logger(__name__)

REQUEST_SECONDS: Final = metrics.histogram(
    "ryad_http_request_seconds",
    "Time from a request to its answer, by the view that answered and the class of the status.",
    ["view", "method", "status"],
    buckets=(0.05, 0.15, 0.5, 1.0, 2.5, 10.0),
)
_METHODS: Final = frozenset(["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"])
#: A young process reads word lists, compiles templates and shares the processor with others that start: what is slow
#: then says nothing about the page.
WARM_UP_SECONDS: Final = 30.0
_STARTED_AT: Final = time.perf_counter()
#: Asked every few seconds by machines: a line of each would hide the rest.
_QUIET: Final = ("marketplace.health.", "marketplace.metrics.")


class RequestMiddleware:
    """Stands outside all that works on a page. The answer carries the id in `X-Request-ID`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A NUL carries no meaning, and PostgreSQL takes none: a question with one would end as a fault of ours.
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        request_id, tally = trail.begin_request(request)
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            took = time.perf_counter() - begun
            view = trail.view_of(request)
            method = request.method if request.method in _METHODS else "other"
            REQUEST_SECONDS.labels(view, method, f"{response.status_code // 100}xx").observe(took)
            is_slow = took >= settings.SLOW_REQUEST_SECONDS and not _is_warming_up(begun)
            say = log.warning if is_slow else log.debug if view.startswith(_QUIET) else log.info
            say(
                "request.slow" if is_slow else "request",
                method=method,
                view=view,
                status=response.status_code,
                ms=round(took * 1000),
                statements=tally.statements,
                statement_ms=round(tally.seconds * 1000),
                **trail.named_things(request),
            )
            response[trail.HEADER] = request_id
            return response
        finally:
            trail.end_request()


def _is_warming_up(begun: float) -> bool:
    """Whether the process was still young when the request came."""
    return begun - _STARTED_AT < WARM_UP_SECONDS


class DomainErrorMiddleware:
    """Renders `errors/domain.html` (a fragment for htmx) for any DomainError that a view lets through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        template = "404.html" if exception.status == 404 else "errors/domain.html"
        if getattr(request, "htmx", False):
            template = "errors/_domain.html"
        response = render(request, template, {"error": exception}, status=exception.status)
        if isinstance(exception, TooMany):
            response["Retry-After"] = str(exception.retry_after)
        return response
