"""What this room does on news from lower rooms."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from buyer_requests.models import CategoryFollow, RequestLine
from catalog.models import Category
from catalog.signals import category_merged


@receiver(category_merged, dispatch_uid="buyer_requests.follow_merged_category")
def on_category_merged(*, source: Category, target: Category, **_: Any) -> None:
    """Lines and follows of a merged category go on with the one that it became."""
    RequestLine.objects.filter(category=source).update(category=target)
    already = CategoryFollow.objects.filter(category=target).values("vendor")
    CategoryFollow.objects.filter(category=source, vendor__in=already).delete()
    CategoryFollow.objects.filter(category=source).update(category=target)
