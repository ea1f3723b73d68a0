"""How many offers of each vendor lists show: neither withdrawn nor hidden, of a vendor in sight, not past their days."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import suppress
from typing import Final

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from catalog.freshness import Rules, days_by_category
from catalog.models import Offer, Supply
from vendors.enums import VendorState

_KEY: Final = "catalog.shown_offers"
#: Counting a million offers takes a part of a second: not for every page.
_SECONDS: Final = 60


def shown_offers() -> dict[int, int]:
    """By vendor, a minute old at most. Vendors without such offers are not in it."""
    found: dict[int, int] | None = cache.get(_KEY)
    if found is None:
        found = count_shown()
        with suppress(OSError):  # a full disk
            cache.set(_KEY, found, _SECONDS)
    return found


def count_shown(*, now: dt.datetime | None = None) -> dict[int, int]:
    """The same as of this moment: from an index alone, but for vendors with a source within and another past its days."""
    now = now or timezone.now()
    confirmed: dict[int, dict[int, dt.datetime]] = {}
    supplies = Supply.objects.filter(vendor__state=VendorState.APPROVED)
    for pk, vendor_id, at in supplies.values_list("pk", "vendor_id", "confirmed_at"):
        confirmed.setdefault(vendor_id, {})[pk] = at
    # Without a join: an index has vendor and category of what is on sale.
    on_sale = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True).order_by()
    rows = list(on_sale.values_list("vendor_id", "category_id").annotate(number=Count("vendor_id")))
    days = days_by_category({category_id for _vendor, category_id, _number in rows}, Rules.now())
    oldest = {category_id: now - dt.timedelta(days=number) for category_id, number in days.items()}
    counts: Counter[int] = Counter()
    mixed = set()
    for vendor_id, category_id, number in rows:
        moments = confirmed.get(vendor_id, {}).values()
        if not moments or max(moments) < oldest[category_id]:
            continue
        if min(moments) >= oldest[category_id]:
            counts[vendor_id] += number
        else:
            mixed.add(vendor_id)
    if mixed:
        for vendor_id in mixed:
            counts.pop(vendor_id, None)
        each = on_sale.filter(vendor__in=mixed).values_list("vendor_id", "supply_id", "category_id")
        for vendor_id, supply_id, category_id, number in each.annotate(number=Count("vendor_id")):
            at = confirmed[vendor_id].get(supply_id)  # None: made, or its category new, since we looked
            if at is not None and at >= oldest.get(category_id, now):
                counts[vendor_id] += number
    return dict(counts)
