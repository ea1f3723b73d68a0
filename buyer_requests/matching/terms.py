"""Where vendors deliver to and how soon, where their goods can be collected, and what a line asks of both.

What is not told excludes nobody: a vendor that names no regions may deliver everywhere, days that nobody names are none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.utils import timezone

from buyer_requests.models import RequestLine
from vendors.cities import region_in, region_of_city
from vendors.models import PickupPoint, Vendor


class Terms(NamedTuple):
    """`places` are regions, None where the vendor names none; `days` is how long delivery takes, 0 where not told."""

    places: frozenset[str] | None
    pickups: frozenset[str]
    days: int


def terms_of(vendor_ids: Collection[int]) -> dict[int, Terms]:
    """Two statements; a vendor is taken to deliver to its own region, too, and a point in a town that is not known to
    stand where its vendor does.
    """
    vendors = Vendor.objects.filter(pk__in=vendor_ids).values_list(
        "pk", "region", "delivery_regions", "delivery_days"
    )
    rows = list(vendors)
    own = {pk: region for pk, region, _regions, _days in rows}
    pickups: dict[int, set[str]] = defaultdict(set)
    for vendor, city in PickupPoint.objects.filter(vendor__in=vendor_ids).values_list("vendor_id", "city"):
        region = region_of_city(city) or own[vendor]
        if region:
            pickups[vendor].add(region)
    return {
        pk: Terms(
            frozenset([*regions, region]) if regions else None, frozenset(pickups.get(pk, ())), days or 0
        )
        for pk, region, regions, days in rows
    }


def place_of(line: RequestLine) -> str:
    """The region where the line is needed: its own place's, else its request's. "" where no town is known."""
    return region_in(line.place) if line.place else line.request.region


def days_until(day: dt.date | None) -> int | None:
    """How many days there are from today on, in the row's time zone; None: it may come whenever."""
    return None if day is None else (day - timezone.localdate()).days
