"""Categories, vendors and their newest price lists for page blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Max

from catalog.counting import shown_offers
from catalog.models import Category, Offer, Supply
from vendors.models import Vendor

#: Counting a million offers takes a part of a second: not for every page.
_SECONDS: Final = 60
_COUNTS: Final = "cms.offers_of_categories"


@dataclass(frozen=True, slots=True)
class FreshList:
    """A vendor whose price list came in: when, and how many offers it has in lists."""

    vendor: Vendor
    at: dt.datetime
    offers: int


def _counts() -> dict[str, int]:
    """Offers on sale by the path of each category and of all above it, a minute old at most."""
    found: dict[str, int] | None = cache.get(_COUNTS)
    if found is not None:
        return found
    # By the offers' own columns, which one index holds: joined with their categories, every offer would be read.
    numbers = (
        Offer.objects.shown()
        .filter(category__isnull=False)
        .order_by()
        .values_list("category_id")
        .annotate(number=Count("vendor"))
    )
    paths = dict(Category.objects.values_list("pk", "path"))
    found = {}
    for category, number in numbers:
        path = paths.get(category, "")
        for end in range(Category.steplen, len(path) + 1, Category.steplen):
            found[path[:end]] = found.get(path[:end], 0) + number
    with suppress(OSError):  # a full disk
        cache.set(_COUNTS, found, _SECONDS)
    return found


def top_categories(count: int) -> list[Category]:
    """Top categories with something on sale in or below them, in the operators' order; `all_offers` set."""
    counts = _counts()
    tops = Category.get_root_nodes().filter(is_active=True, merged_into__isnull=True)
    return _counted([node for node in tops if node.path in counts], counts)[:count]


def chosen_categories(chosen: Iterable[Category | None]) -> list[Category]:
    """The chosen ones in their order, as they are now: one that was merged is the one that took it in; those hidden or
    with nothing on sale are left out. `all_offers` set.
    """
    counts = _counts()
    now = current_categories(chosen)
    return _counted([node for node in now if node.is_active and node.path in counts], counts)


def _counted(nodes: list[Category], counts: dict[str, int]) -> list[Category]:
    for node in nodes:
        node.all_offers = counts[node.path]
    return nodes


def current_category(category: Category | None) -> Category | None:
    """Where its goods are now: followed through merges. None where it is gone or hidden."""
    return next(iter(current_categories([category])), None)


def current_categories(chosen: Iterable[Category | None]) -> list[Category]:
    """Each once; a statement for each step of merging that any of them took."""
    line: list[Category | None] = list(chosen)
    seen: set[int] = set()
    while ahead := {node.merged_into_id for node in line if node and node.merged_into_id} - seen:
        seen |= ahead  # a ring of merges ends here
        found = Category.objects.in_bulk(ahead)
        line = [found.get(node.merged_into_id) if node and node.merged_into_id else node for node in line]
    return list(
        {node.pk: node for node in line if node and node.is_active and not node.merged_into_id}.values()
    )


def vendors_for_row(count: int) -> list[Vendor]:
    """Public vendors with the most offers in lists; `offer_count` set, a minute old at most. A holiday that hides offers
    leaves its vendor out.
    """
    away = set(Vendor.objects.out_of_sight().values_list("pk", flat=True))
    counts = {pk: number for pk, number in shown_offers().items() if pk not in away}
    least = min(nlargest(count, counts.values()), default=0)
    found = list(
        Vendor.objects.public()
        .filter(pk__in=[pk for pk, number in counts.items() if number >= least])
        .order_by("name")
    )
    for vendor in found:
        vendor.offer_count = counts[vendor.pk]
    return sorted(found, key=lambda vendor: -vendor.offer_count)[:count]


def newest_lists(count: int) -> list[FreshList]:
    """Public vendors by when their price lists were last confirmed, the newest first, those with offers in lists."""
    away = set(Vendor.objects.out_of_sight().values_list("pk", flat=True))
    counts = {pk: number for pk, number in shown_offers().items() if pk not in away}
    moments = dict(
        Supply.objects.filter(vendor__in=counts)
        .exclude(source="form")
        .order_by()
        .values_list("vendor_id")
        .annotate(at=Max("confirmed_at"))
    )
    last = nlargest(count, moments, key=lambda vendor_id: (moments[vendor_id], vendor_id))
    vendors = Vendor.objects.public().in_bulk(last)
    return [FreshList(vendors[pk], moments[pk], counts[pk]) for pk in last if pk in vendors]
