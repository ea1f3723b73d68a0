"""The vendor's photos: which are shown, which wait, which were refused and why."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from catalog.photos import quota
from catalog.photos.addresses import FETCH
from catalog.photos.asking import ask_refused_again
from catalog.photos.enums import PhotoState
from catalog.photos.messages import in_words
from catalog.photos.models import Photo
from catalog.photos.pictures import Picture, of_files
from catalog.photos.selectors import counts_of, photos_of
from core.limits import limit
from price_lists.enums import RunState
from price_lists.models import ImportRun, Source
from price_lists.sources.reads import source_of
from vendors.access import DeskRequest, desk_view

_ON_PAGE = 50
_ASKS = "20/h"


@desk_view()
@require_GET
@never_cache
def photo_list(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """How many photos there are in each state, and the addresses of one state."""
    source = _source(request, request.GET)
    supply = source.supply_id if source else None
    counts = counts_of(vendor=request.vendor, supply_id=supply)
    chosen = request.GET.get("state", "")
    if chosen not in PhotoState.values:
        chosen = next((state for state in ("refused", "gone", "waiting") if counts[state]), PhotoState.READY)
    photos = photos_of(vendor=request.vendor, supply_id=supply).filter(state=chosen).order_by("-pk")
    page = Paginator(photos, _ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "counts": counts,
        "total": sum(counts.values()),
        "states": [(state.value, state.label, counts[state]) for state in PhotoState],
        "chosen": chosen,
        "page": page,
        "rows": [_row(photo) for photo in page],
        "source": source,
        "mendable": counts["refused"] + counts["gone"],
        "taken": quota.bytes_of(request.vendor.pk),
        "allowed": settings.PHOTO_QUOTA_BYTES,
        "mode": settings.PHOTOS,
        "is_fetching": settings.PHOTOS == FETCH,
    }
    return render(request, "price_lists/photos.html", context)


@desk_view()
@require_POST
def photos_again(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Refused addresses are asked again: one, or all of a source or of the vendor."""
    limit(f"price_lists.photos:{request.vendor.pk}", _ASKS)
    source = _source(request, request.POST)
    one = request.POST.get("photo")
    asked = ask_refused_again(
        vendor=request.vendor,
        supply_id=source.supply_id if source else None,
        ids=None if one is None else [int(one[:18])] if one.isdecimal() else [],
    )
    messages.success(
        request,
        ngettext("%(number)d photo is asked for again.", "%(number)d photos are asked for again.", asked)
        % {"number": asked}
        if asked
        else _("There is nothing to ask for again: it waits already, or is there."),
    )
    to = reverse("price_lists:photos", args=[vendor_slug])
    return redirect(f"{to}?source={source.pk}" if source else to)


def counts_after(run: ImportRun) -> dict[str, int]:
    """Photos of the source whose list was applied, with their `total`; nothing in all other states."""
    if run.state != RunState.APPLIED or settings.PHOTOS != FETCH:
        return {}
    counts = counts_of(vendor=run.vendor, supply_id=run.source.supply_id)
    return {**counts, "refused": counts["refused"] + counts["gone"], "total": sum(counts.values())}


def _source(request: DeskRequest, said: QueryDict) -> Source | None:
    """The vendor's own source that was chosen; NotFound for another's."""
    chosen = said.get("source", "")
    return source_of(vendor=request.vendor, source_id=int(chosen[:18])) if chosen.isdecimal() else None


def _row(photo: Photo) -> dict[str, Any]:
    text, remedy = in_words(photo.error)
    picture: Picture | None = of_files(photo.content, photo.sizes) if photo.content else None
    return {"photo": photo, "text": text, "remedy": remedy, "picture": picture}
