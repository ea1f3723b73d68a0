"""“Still in stock?”: the vendor's one press, on the desk or by the link of a letter."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from catalog.services.freshness import confirm_supplies
from core.errors import InvalidInput
from core.limits import rate_limited
from price_lists.freshness.links import open_link, use_link
from price_lists.freshness.reads import holdings_of
from price_lists.sources import reads
from vendors.access import DeskRequest, desk_view


@desk_view()
@require_POST
def still(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """What one source brought still holds; without a source, what all of those that grow stale brought."""
    chosen = request.POST.get("source", "")
    if chosen and not chosen.isdecimal():
        raise InvalidInput("unknown_source", field="source")
    if chosen:
        ids = [reads.source_of(vendor=request.vendor, source_id=int(chosen[:18])).supply_id]
    else:
        ids = [each.source.supply_id for each in holdings_of(request.vendor)]
    count = confirm_supplies(vendor=request.vendor, ids=ids)
    said = ngettext(
        "Thank you: the offers of %(count)d source are confirmed and shown.",
        "Thank you: the offers of %(count)d sources are confirmed and shown.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("desk:home", vendor_slug)


@require_http_methods(["GET", "POST"])
@never_cache
@rate_limited("price_lists.still", "60/h")
def still_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: opened it asks, pressed it confirms. Programs that check letters open links, too."""
    opened = open_link(token)
    if opened is None:
        return render(request, "price_lists/still.html", {}, status=410)
    is_done = request.method == "POST" and not opened.is_used
    if is_done:
        use_link(opened)
    return render(request, "price_lists/still.html", {"opened": opened, "is_done": is_done})
