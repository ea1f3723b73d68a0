"""Categories of which a vendor wants to hear."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from buyer_requests.models import CategoryFollow
from catalog.models import Category
from vendors.models import Vendor


@transaction.atomic
def follow_categories(*, vendor: Vendor, category_ids: Collection[int]) -> int:
    """Puts the given categories in the place of those followed; unknown ids are left out. Returns how many."""
    known = set(Category.objects.filter(pk__in=category_ids, is_active=True).values_list("pk", flat=True))
    CategoryFollow.objects.filter(vendor=vendor).exclude(category_id__in=known).delete()
    CategoryFollow.objects.bulk_create(
        [CategoryFollow(vendor=vendor, category_id=pk) for pk in sorted(known)], ignore_conflicts=True
    )
    return len(known)
