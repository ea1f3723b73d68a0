"""The comparison of goods: its page, and the buttons that choose what is compared."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Offer
from core.ids import id_of
from core.limits import rate_limited
from storefront import comparing, selectors


@require_safe
@rate_limited("compare", "60/m", methods=("GET",))
def compare_page(request: HttpRequest) -> HttpResponse:
    """The goods that the address names; without any, those that were chosen, at an address that can be sent on."""
    if "good" not in request.GET:
        kept = comparing.chosen(request)
        if kept:
            return redirect(comparing.address(kept))
    ids, wrong = comparing.asked(request.GET)
    found = selectors.comparison(ids, most=comparing.MOST)
    found.unknown += wrong
    shown = [column.pk for column in found.columns]
    only_differences = request.GET.get("only") == "differences" and len(shown) >= comparing.FEWEST
    parts = {"terms": found.terms, "facts": found.facts, "told": found.told}
    hidden = 0
    if only_differences:
        all_lines = sum(map(len, parts.values()))
        parts = {name: [line for line in lines if line.differs] for name, lines in parts.items()}
        hidden = all_lines - sum(map(len, parts.values()))
    known = len(shown) + len(found.gone) + found.same + found.unknown - wrong
    context = {
        "comparison": found,
        "shown": shown,
        "only_differences": only_differences,
        "parts": parts,
        "hidden_lines": hidden,
        "all_url": comparing.address(shown),
        "differences_url": comparing.address(shown, differences=True),
        "left_out": max(0, len(ids) - known),
        "most": comparing.MOST,
        "fewest": comparing.FEWEST,
        "is_mine": list(comparing.chosen(request)) == shown,
        "more_url": _more_url(found),
    }
    return render(request, "storefront/compare.html", context)


@require_POST
@rate_limited("compare_change", "120/m")
def compare_change(request: HttpRequest) -> HttpResponse:
    """Adds a good, drops one, drops all, or takes over what an address named; then back to where the button was."""
    said, changed = "", None
    if "clear" in request.POST:
        comparing.keep(request, ())
    elif "keep" in request.POST:
        comparing.keep(request, _numbers(request, "shown"))
    elif (pk := id_of(request.POST.get("drop", ""))) is not None:
        comparing.drop(request, pk)
        changed = pk
    elif (pk := id_of(request.POST.get("add", ""))) is not None:
        changed = pk
        if not Offer.objects.on_sale().filter(pk=pk).exists():
            said = _("This good is not on sale any more, so it cannot be compared.")
        elif not comparing.choose(request, pk):
            said = _(
                "%(count)d goods are chosen already, and more do not fit side by side. Take one out first."
            ) % {"count": comparing.MOST}
    if getattr(request, "htmx", None):
        return _fragment(request, changed, said)
    if said:
        messages.warning(request, said)
    return redirect(_back(request))


def _fragment(request: HttpRequest, changed: int | None, said: str) -> HttpResponse:
    """The tray anew, and the button that was pressed."""
    response = render(request, "storefront/_compare_changed.html", {"changed": changed})
    if said:
        response["HX-Trigger"] = json.dumps({"toast": said})
    if changed is None:
        response["HX-Refresh"] = "true"  # every button of the page has changed
    return response


def _numbers(request: HttpRequest, name: str) -> list[int]:
    told = (id_of(word) for word in request.POST.getlist(name)[: comparing.MOST])
    return [pk for pk in told if pk is not None]


def _back(request: HttpRequest) -> str:
    """To the page that the button was on; of a comparison to the one that is left."""
    if "shown" in request.POST:
        dropped = id_of(request.POST.get("drop", ""))
        left = [pk for pk in _numbers(request, "shown") if pk != dropped]
        if left and "clear" not in request.POST:
            return comparing.address(left, differences=request.POST.get("only") == "differences")
        return reverse("storefront:compare")
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return reverse("storefront:compare")


def _more_url(found: selectors.Comparison) -> str:
    """Where further goods of the same kind are."""
    category = next((column.offer.category for column in found.columns if column.offer.category), None)
    if category is not None and category.is_active:
        return reverse("storefront:category", args=[category.slug])
    return reverse("storefront:search")
