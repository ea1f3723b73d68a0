"""What buyers' reviews say of how a vendor works."""

from __future__ import annotations

import datetime as dt

from django.db.models import Avg, Count
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.enums import ReviewState, Side
from reviews.models import Review
from vendors.quality import Evidence, Kind

LOOKED_BACK = dt.timedelta(days=730)


def stars(vendor_id: int | None) -> dict[int, Evidence]:
    """One star is nothing, five are all; a case is a buyer, whose deals count as their mean."""
    found = Review.objects.filter(
        side=Side.BUYER, state=ReviewState.SHOWN, shown_at__gte=timezone.now() - LOOKED_BACK
    )
    if vendor_id is not None:
        found = found.filter(vendor=vendor_id)
    rows = (
        found.order_by()
        .annotate(speaker=Coalesce("member__user", "request__buyer"))
        .values_list("vendor", "speaker")
        .annotate(mean=Avg("stars"), deals=Count("pk"))
        .values_list("vendor", "mean")
    )
    means: dict[int, list[float]] = {}
    for vendor, mean in rows:
        means.setdefault(vendor, []).append((float(mean) - 1) / 4)
    return {vendor: Evidence(sum(every) / len(every), len(every)) for vendor, every in means.items()}


KIND = Kind(
    "reviews",
    _("Buyers' reviews"),
    _("The stars that buyers gave after a deal within two years. Each buyer is a case."),
    stars,
)
