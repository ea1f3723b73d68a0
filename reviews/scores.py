"""What buyers' reviews put on a vendor's score card."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from reviews.enums import ReviewState, Side
from reviews.models import Review
from vendors.score.measures import Measure


def stars(since: dt.datetime) -> dict[int, tuple[float, float]]:
    """All stars of shown reviews, by reviews."""
    found = Review.objects.filter(side=Side.BUYER, state=ReviewState.SHOWN, shown_at__gte=since).order_by()
    rows = found.values_list("vendor").annotate(all_stars=Sum("stars"), number=Count("pk"))
    return {vendor: (float(all_stars), number) for vendor, all_stars, number in rows}


MEASURES = (
    Measure(
        "reviews",
        _("Buyers' reviews"),
        _("Reviews within a year: %(whole)s; stars on the average: %(value)s."),
        stars,
        fine=4.3,
        poor=3.0,
        unit="stars",
        days=365,
        least=3,
    ),
)
