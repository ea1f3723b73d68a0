"""Pages of the vendor's desk that show many rooms: who went on to its shop, what is wanted that nobody has, how it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from buyer_requests.selectors.desk import following
from buyer_requests.selectors.unmet import unanswered_by_category
from catalog.clicks import clicks_by_day, clicks_by_offer
from catalog.models import Offer
from search.beside import TRUSTED
from search.learning.selectors import unmet_demand
from search.tuning.current import known_tuning
from vendors import quality
from vendors.access import DeskRequest, desk_view
from vendors.models import Vendor
from vendors.regions import Region

SPANS: Final = (7, 30, 90)
ON_PAGE: Final = 30


@require_GET
@desk_view()
def clicks_page(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Clicks to the vendor's shop by day and offer."""
    del vendor_slug
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in SPANS} else SPANS[1]
    last = timezone.localdate()
    first = last - dt.timedelta(days=days - 1)
    by_day = clicks_by_day(first, last, vendor=request.vendor)
    page = Paginator(clicks_by_offer(first, last, vendor=request.vendor), ON_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "by_day": by_day,
        "total": sum(clicks for _day, clicks in by_day),
        "most": max((clicks for _day, clicks in by_day), default=0),
        "days": days,
        "spans": SPANS,
        "desk_active": "clicks",
    }
    return render(request, "learning/clicks.html", context)


@require_GET
@desk_view()
def demand_page(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """What is searched for in vain and requests that nobody answered: in the vendor's categories first."""
    del vendor_slug
    own = categories_of(request.vendor)
    show_all = request.GET.get("show") == "all" or not own
    within = None if show_all else own
    fewest = settings.UNMET_DEMAND_FEWEST
    page = Paginator(unmet_demand(of_categories=within), ON_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            (row, [str(Region(code).label) for code in row.regions if code in Region.values]) for row in page
        ],
        "unanswered": unanswered_by_category(fewest=fewest, of_categories=within),
        "shows_all": show_all,
        "has_own": bool(own),
        "fewest": fewest,
        "desk_active": "demand",
    }
    return render(request, "learning/demand.html", context)


@require_GET
@desk_view()
def standing_page(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """What the vendor's quality is made of, and what it does to the order of results."""
    del vendor_slug
    context: dict[str, Any] = {
        "rows": [
            (kind, each, round(each.share * 100) if each else 0)
            for kind, each in quality.evidence_of(request.vendor.pk)
        ],
        "quality": round(request.vendor.quality * 100),
        "trusted": round(TRUSTED * 100),
        "most": quality.MOST,
        "prior": quality.PRIOR,
        "points": known_tuning().secondary.quality,
        "desk_active": "standing",
    }
    return render(request, "learning/standing.html", context)


def categories_of(vendor: Vendor) -> set[int]:
    """Those that its offers are in, and those that it follows."""
    # Without a join: an index has vendor and category of what is on sale.
    offers = Offer.objects.filter(
        vendor=vendor, withdrawn_at__isnull=True, hidden_at__isnull=True, category__isnull=False
    )
    return set(offers.order_by().values_list("category_id", flat=True).distinct()) | following(vendor)
