"""What this room does on news from lower rooms."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from buyer_requests.matching.moved import note_delivery
from buyer_requests.models import CategoryFollow, RequestLine
from catalog.models import Category
from catalog.signals import category_merged
from vendors.models import PickupPoint
from vendors.signals import delivery_changed


@receiver(category_merged, dispatch_uid="buyer_requests.follow_merged_category")
def on_category_merged(*, source: Category, target: Category, **_: Any) -> None:
    """Lines and follows of a merged category go on with the one that it became."""
    RequestLine.objects.filter(category=source).update(category=target)
    already = CategoryFollow.objects.filter(category=target).values("vendor")
    CategoryFollow.objects.filter(category=source, vendor__in=already).delete()
    CategoryFollow.objects.filter(category=source).update(category=target)


@receiver(delivery_changed, dispatch_uid="buyer_requests.match_delivery")
def on_delivery_changed(*, vendor_id: int, **_: Any) -> None:
    """The vendor's offers may fit other lines now."""
    note_delivery(vendor_id)


@receiver([post_save, post_delete], sender=PickupPoint, dispatch_uid="buyer_requests.match_points")
def on_point_changed(*, instance: PickupPoint, raw: bool = False, **_: Any) -> None:
    """So they may when goods can be collected elsewhere."""
    if not raw:
        with transaction.atomic():  # forms save outside of any
            note_delivery(instance.vendor_id)
