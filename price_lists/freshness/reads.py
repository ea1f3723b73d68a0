"""Sources whose offers grow stale or have expired, with how many offers that concerns."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from catalog.freshness import Rules, days_by_category
from catalog.models import Offer
from price_lists.models import Source
from price_lists.sources.enums import Role
from vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Holding:
    """A source that somebody should confirm. `going` offers expire at `expires_at`, after `days`; None: all have."""

    source: Source
    confirmed_at: dt.datetime
    expired: int
    expired_days: int  # the most days that any of the expired ones had
    going: int
    days: int
    expires_at: dt.datetime | None
    is_fetched: bool  # by a link, which can be asked at once


def holdings_of(vendor: Vendor, *, now: dt.datetime | None = None) -> list[Holding]:
    """Of the vendor, those with stale or expired offers; the oldest first."""
    now = now or timezone.now()
    rules = Rules.now()
    oldest_fresh = now - dt.timedelta(days=rules.every_days[0]) / 2
    sources = Source.objects.filter(vendor=vendor, role=Role.FULL, supply__confirmed_at__lt=oldest_fresh)
    found = holdings(sources.select_related("supply", "feed", "vendor"), rules=rules, now=now)
    return [
        each for each in found if each.expired or 2 * (now - each.confirmed_at) > dt.timedelta(days=each.days)
    ]


def holdings(sources: QuerySet[Source], *, rules: Rules, now: dt.datetime) -> list[Holding]:
    """Of each of these sources that has offers on sale, in three statements; the oldest first."""
    by_supply = {source.supply_id: source for source in sources}
    if not by_supply:
        return []
    rows = (
        # By the vendor, whose offers on sale an index holds together.
        Offer.objects.filter(
            vendor_id__in={source.vendor_id for source in by_supply.values()},
            supply_id__in=by_supply,
            withdrawn_at__isnull=True,
            hidden_at__isnull=True,
        )
        .order_by()
        .values_list("supply_id", "category_id")
        .annotate(number=Count("pk"))
    )
    counted = list(rows)
    days = days_by_category({category for _supply, category, _number in counted}, rules)
    numbers: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for supply, category, number in counted:
        numbers[supply][days[category]] += number
    found = [_holding(by_supply[supply], each.items(), now) for supply, each in numbers.items()]
    return sorted(found, key=lambda each: (each.confirmed_at, each.source.pk))


def _holding(source: Source, numbers: Iterable[tuple[int, int]], now: dt.datetime) -> Holding:
    confirmed_at = source.supply.confirmed_at
    age = now - confirmed_at
    past = {days: number for days, number in numbers if age > dt.timedelta(days=days)}
    left = {days: number for days, number in numbers if days not in past}
    next_days = min(left, default=0)
    return Holding(
        source=source,
        confirmed_at=confirmed_at,
        expired=sum(past.values()),
        expired_days=max(past, default=0),
        going=left.get(next_days, 0),
        days=next_days,
        expires_at=confirmed_at + dt.timedelta(days=next_days) if left else None,
        is_fetched=hasattr(source, "feed"),
    )


def still_of_today(vendor: Vendor) -> dict[str, Any] | None:
    """For the desk's first page; None where everything is fresh."""
    found = holdings_of(vendor)
    return {"holdings": found} if found else None
