"""What the script of the letters' page speaks, and the service worker that shows messages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.limits import rate_limited
from notifications.push import browsers

_WORKER: Final = Path("static/js/push-worker.js")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """From the site's root and under one name for ever: browsers know a service worker by its address."""
    script = (settings.ROOT / _WORKER).read_bytes()
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@login_required
@require_POST
@never_cache
@rate_limited("notifications.push", "30/h", by="user")
def subscribe(request: HttpRequest) -> HttpResponse:
    response = JsonResponse({"is_on": True})
    try:
        browsers.subscribe(
            user=request.user,
            address=request.POST.get("address", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            mark=browsers.give_mark(request, response),
            agent=request.headers.get("User-Agent", ""),
        )
    except DomainError as error:
        return JsonResponse({"error": str(error)}, status=error.status)
    return response


@login_required
@require_POST
@never_cache
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Here (from the script), or a browser of the list (from its button)."""
    chosen = request.POST.get("id", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        browsers.unsubscribe(user=request.user, pk=int(chosen))
        messages.success(request, _("Nothing comes to that browser any more."))
        return redirect("notifications:choices")
    browsers.forget_browser(browsers.mark_of(request))
    return JsonResponse({"is_on": False})
