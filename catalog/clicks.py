"""Reads of clicks to listing vendors' shops: of one vendor by day and offer, of all by vendor and day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, F, QuerySet

from catalog.models import OutboundClick
from vendors.models import Vendor


def clicks_by_day(
    first: dt.date, last: dt.date, *, vendor: Vendor | None = None
) -> list[tuple[dt.date, int]]:
    """(day, clicks) of every day, latest first; days without any are there, too."""
    rows = _between(first, last, vendor).values("day").annotate(clicks=Count("pk")).order_by()
    counted = dict(rows.values_list("day", "clicks"))
    days = [last - dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counted.get(day, 0)) for day in days]


def clicks_by_offer(
    first: dt.date, last: dt.date, *, vendor: Vendor
) -> QuerySet[OutboundClick, dict[str, Any]]:
    """`offer_id`, `title`, `article`, `clicks`, most first."""
    rows = _between(first, last, vendor).values(
        "offer_id", title=F("offer__title"), article=F("offer__article")
    )
    return rows.annotate(clicks=Count("pk")).order_by("-clicks", "offer_id")


def clicks_by_vendor(first: dt.date, last: dt.date) -> QuerySet[OutboundClick, dict[str, Any]]:
    """`vendor_id`, `name`, `clicks`, most first."""
    rows = _between(first, last).values("vendor_id", name=F("vendor__name"))
    return rows.annotate(clicks=Count("pk")).order_by("-clicks", "vendor_id")


def _between(first: dt.date, last: dt.date, vendor: Vendor | None = None) -> QuerySet[OutboundClick]:
    rows = OutboundClick.objects.filter(day__gte=first, day__lte=last)
    return rows if vendor is None else rows.filter(vendor=vendor)
