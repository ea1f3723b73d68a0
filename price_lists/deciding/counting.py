"""How many offers on sale wait under each path for a category: counted when a list was applied or something decided.

The queue sorts by it, so it is kept with the path: counted on reading it would walk all offers without a category.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count
from django.db.models.query import QuerySet

from price_lists.locks import lock_links
from price_lists.models import CategoryLink, SourceItem
from vendors.models import Vendor


def count_waiting(*, vendor: Vendor) -> int:
    """Counts anew for the vendor's undecided paths; writes those that differ. Returns how many offers wait."""
    counted = _waiting(CategoryLink.objects.filter(vendor=vendor, confirmed_at__isnull=True))
    stored = CategoryLink.objects.filter(vendor=vendor, confirmed_at__isnull=True)
    changed = []
    for link in stored.only("pk", "waiting"):
        now = counted.get(link.pk, 0)
        if link.waiting != now:
            link.waiting = now
            changed.append(link)
    with transaction.atomic():
        lock_links([link.pk for link in changed])
        CategoryLink.objects.bulk_update(changed, ["waiting"], batch_size=500)
    return sum(counted.values())


def count_all_waiting() -> int:
    """For every vendor with an undecided path: what people hid, withdrew or moved one by one is not counted at once."""
    waiting = CategoryLink.objects.filter(confirmed_at__isnull=True).order_by().values("vendor").distinct()
    return sum(count_waiting(vendor=vendor) for vendor in Vendor.objects.filter(pk__in=waiting).iterator())


def _waiting(links: QuerySet[CategoryLink]) -> dict[int, int]:
    items = SourceItem.objects.filter(
        link__in=links,
        withdrawn=False,
        offer__category__isnull=True,
        offer__withdrawn_at__isnull=True,
        offer__hidden_at__isnull=True,
    )
    # of several lists that bring one good each has an item for it
    counted = items.order_by().values("link").annotate(number=Count("offer", distinct=True))
    return {int(row["link"]): row["number"] for row in counted}
