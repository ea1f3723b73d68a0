"""What vendors are to the dashboard's figures of days: those who were let in."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.trends.measures import Figure, Measure, Sort, bounds, every_day
from vendors.enums import VendorState
from vendors.models import Vendor


def new_vendors(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    """Of those that sell now: of who is suspended it is not known any more when they were let in."""
    start, end = bounds(first, last)
    zone = timezone.get_default_timezone()
    rows = (
        Vendor.objects.filter(state=VendorState.APPROVED, decided_at__gte=start, decided_at__lt=end)
        .annotate(day=TruncDate("decided_at", tzinfo=zone))
        .order_by()
        .values_list("day")
        .annotate(number=Count("pk"))
    )
    counts = dict(rows)
    return {day: Figure(counts.get(day, 0)) for day in every_day(first, last)}


MEASURES = (
    Measure(
        "vendors",
        _("New vendors"),
        _("Vendors that were let in."),
        Sort.SUM,
        new_vendors,
        "vendors.view_vendor",
    ),
)
