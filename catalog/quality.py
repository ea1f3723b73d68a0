"""What offers say of how a vendor works: whether it keeps its word on them fresh."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.freshness import fresh
from catalog.models import Offer
from vendors.models import Vendor
from vendors.quality import Evidence, Kind

_WEEK = dt.timedelta(days=7)


def fresh_offers(vendor_id: int | None) -> dict[int, Evidence]:
    """The share of its offers that are within their days; a case is a week since the vendor was let in."""
    offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True)
    vendors = Vendor.objects.public()
    if vendor_id is not None:
        offers, vendors = offers.filter(vendor=vendor_id), vendors.filter(pk=vendor_id)
    every = dict(offers.order_by().values_list("vendor").annotate(number=Count("pk")))
    kept = dict(fresh(offers).order_by().values_list("vendor").annotate(number=Count("pk")))
    now = timezone.now()
    return {
        pk: Evidence(kept.get(pk, 0) / every[pk], (now - (decided_at or created_at)) // _WEEK)
        for pk, created_at, decided_at in vendors.values_list("pk", "created_at", "decided_at")
        if every.get(pk)
    }


KIND = Kind(
    "fresh",
    _("Fresh offers"),
    _("The share of offers on sale that were confirmed within their days. Each week since you are here is a case."),
    fresh_offers,
)  # fmt: skip
