"""The vendor's page of names that hide their offers: what is wrong with each and what to do."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from price_lists.enums import RunState
from price_lists.models import ImportRun
from price_lists.title_rules.selectors import held_count, held_remarks, shown
from vendors.access import DeskRequest, desk_view

_ON_PAGE = 50


@desk_view()
@require_GET
@never_cache
def held_names(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Held names, the newest first, with their faults marked."""
    page = Paginator(held_remarks(vendor=request.vendor), _ON_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "held": [shown(remark) for remark in page]}
    return render(request, "price_lists/names.html", context)


def count_after(run: ImportRun) -> int:
    """How many offers of the source whose list was applied are hidden for their names; 0 in all other states."""
    return held_count(run.vendor, run.source.supply) if run.state == RunState.APPLIED else 0
