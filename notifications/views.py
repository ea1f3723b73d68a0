"""The inbox and what of it is mailed."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.limits import limit
from notifications import kinds, mailing, selectors, services, stopping
from notifications.enums import Rhythm
from notifications.push import browsers, keys

PAGE = 25
_STOP = "notifications.stop"


@login_required
@never_cache
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    unread_only = request.GET.get("show") == "unread"
    page = Paginator(selectors.inbox_of(request.user, unread_only=unread_only), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "notifications/inbox.html", {"page": page, "unread_only": unread_only})


@login_required
@require_POST
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks the message as read and goes where it points; a POST, so that no preview reads it for the person."""
    message = services.open_message(user=request.user, pk=pk)
    if not message.url:
        return redirect("notifications:inbox")
    return redirect(mailing.path_for(message.url, get_language() or request.user.language))


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Marks one message (`id`) or all as read."""
    chosen = request.POST.get("id", "")
    # Longer numbers are no id of any database's.
    ids = [int(chosen)] if re.fullmatch(r"[0-9]{1,18}", chosen) else []
    services.mark_read(user=request.user, ids=ids if chosen else None)
    return redirect("notifications:inbox")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        known = {kind.name for kind in kinds.all_kinds()}
        pushed = known & set(request.POST.getlist("push")) if "push_shown" in request.POST else None
        services.choose_mail(
            user=request.user,
            mailed=known & set(request.POST.getlist("kind")),
            pushed=pushed,
            shown=_shown(request.POST.getlist("shown")),
        )
        rhythm = request.POST.get("rhythm", "")
        if rhythm in Rhythm.values and rhythm != request.POST.get("rhythm_shown"):
            services.choose_rhythm(user=request.user, rhythm=Rhythm(rhythm))
        messages.success(request, _("Saved."))
        return redirect("notifications:choices")
    context = {
        "groups": selectors.mail_groups_of(request.user),
        "rhythm": selectors.rhythm_of(request.user),
        "rhythms": Rhythm.choices,
        "browsers": browsers.browsers_of(request.user),
        "push_key": keys.public_key(),
        "mark": browsers.mark_of(request),
    }
    return render(request, "notifications/choices.html", context)


def _shown(rows: list[str]) -> dict[str, tuple[bool, bool]] | None:
    """What the form stood at when it was opened, as `kind:10`: mailed, not pushed. None for a form that does not say."""
    found = {}
    for row in rows:
        if read := re.fullmatch(r"([\w.]{1,60}):([01])([01])", row):
            found[read[1]] = (read[2] == "1", read[3] == "1")
    return found or None


@csrf_exempt  # mail programs send the press of "unsubscribe" by themselves (RFC 8058); the sealed link is the right
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Programs that check letters follow links, so looking at it changes nothing: the press does."""
    opened = stopping.opened(token)
    if opened is None:
        return render(request, "notifications/stop.html", {}, status=410)
    user, what = opened
    is_done = request.method == "POST"
    if is_done:
        limit(f"{_STOP}:{token}", "20/h")
        stopping.stop(user, what)
    if what == stopping.DIGEST:
        shown = _("Digests")
    else:
        shown = kinds.get(what).label if kinds.is_known(what) else what
    return render(request, "notifications/stop.html", {"what": shown, "is_done": is_done})
