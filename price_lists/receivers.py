"""What this room does on news from lower rooms."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalog.models import Category
from catalog.signals import category_merged
from price_lists.models import UploadKey
from price_lists.services.categories import redirect_links
from vendors.models import Vendor
from vendors.signals import member_removed


@receiver(category_merged, dispatch_uid="price_lists.redirect_links")
def on_category_merged(*, source: Category, target: Category, **_: Any) -> None:
    redirect_links(source=source, target=target)


@receiver(member_removed, dispatch_uid="price_lists.take_keys_back")
def on_member_removed(*, vendor: Vendor, user_id: int, **_: Any) -> None:
    """For good: invited again, somebody makes new keys."""
    keys = UploadKey.objects.filter(source__vendor=vendor, created_by=user_id, revoked_at=None)
    keys.update(revoked_at=timezone.now())
