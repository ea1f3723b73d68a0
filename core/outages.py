"""The page for errors that no view handles: 503 with a time to come back while the database is away, else 500.

Neither page asks the database for anything, nor does it know who is signed in.
"""

from __future__ import annotations

import sys

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error as broken

from core.databases import RETRY_AFTER, is_outage
from core.errors import Unavailable

log = structlog.get_logger(__name__)


class DatabaseAway(Unavailable):
    """Carries `retry_after` in seconds, as TooMany does."""

    message = _("The row is catching its breath. What you sent may not have been saved.")
    retry_after = RETRY_AFTER


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: called while the error is being handled."""
    error = sys.exception()
    if error is None or not is_outage(error):
        response: HttpResponse = broken(request)
        return response
    log.error("database.away", error=type(error.__cause__ or error).__name__)
    template = "errors/_domain.html" if request.headers.get("HX-Request") else "errors/unavailable.html"
    response = HttpResponse(render_to_string(template, {"error": DatabaseAway()}), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
