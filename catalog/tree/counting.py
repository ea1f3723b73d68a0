"""How many offers on sale each category holds, kept in a table: pages of the desk read it and never count offers."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.db import transaction
from django.db.models import Count

from catalog.models import Category, CategoryState, Offer

#: Rows in one statement.
_AT_ONCE: Final = 500


def count_tree() -> int:
    """Counts anew and writes what differs; returns how many categories that are. From an index alone.

    Each batch is a transaction of its own, so that it never holds the database's only writer for long.
    """
    on_sale = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True, category__isnull=False)
    # By vendor and category, as the index has them: by category alone the database would read the offers.
    rows = on_sale.order_by().values_list("vendor_id", "category_id").annotate(number=Count("vendor_id"))
    own: Counter[int] = Counter()
    for _vendor, category, number in rows:
        own[category] += number
    paths = dict(Category.objects.order_by().values_list("pk", "path"))
    whole: Counter[str] = Counter()
    for category, number in own.items():
        path = paths.get(category, "")
        for end in range(Category.steplen, len(path) + 1, Category.steplen):
            whole[path[:end]] += number
    held = {
        pk: (before, below)
        for pk, before, below in CategoryState.objects.values_list("pk", "own_offers", "all_offers")
    }
    changed = [
        CategoryState(category_id=pk, own_offers=own[pk], all_offers=whole[path])
        for pk, path in paths.items()
        if held.get(pk, (0, 0)) != (own[pk], whole[path])
    ]
    for start in range(0, len(changed), _AT_ONCE):
        batch = changed[start : start + _AT_ONCE]
        with transaction.atomic():
            there = set(
                Category.objects.filter(pk__in=[row.pk for row in batch]).values_list("pk", flat=True)
            )
            CategoryState.objects.bulk_create(
                [row for row in batch if row.pk in there],
                update_conflicts=True,
                unique_fields=["category"],
                update_fields=["own_offers", "all_offers"],
            )
    return len(changed)
