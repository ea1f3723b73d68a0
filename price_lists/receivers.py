"""What this room does on news from lower rooms."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalog.models import Category, Offer
from catalog.signals import category_merged, offer_renamed
from price_lists.models import UploadKey
from price_lists.services.categories import redirect_links
from price_lists.sources.registering import pause_links_of_leavers
from price_lists.title_rules.holding import judge
from vendors.models import Vendor
from vendors.signals import member_removed


@receiver(category_merged, dispatch_uid="price_lists.redirect_links")
def on_category_merged(*, source: Category, target: Category, **_: Any) -> None:
    redirect_links(source=source, target=target)


@receiver(offer_renamed, dispatch_uid="price_lists.judge_name")
def on_offer_renamed(*, offer: Offer, **_: Any) -> None:
    """A name that a person writes is judged like one of a list."""
    judge(offer_ids=[offer.pk], now=timezone.now())


@receiver(member_removed, dispatch_uid="price_lists.take_keys_back")
def on_member_removed(*, vendor: Vendor, user_id: int, **_: Any) -> None:
    """For good: invited again, somebody makes new keys. The person's links wait until somebody resumes them."""
    keys = UploadKey.objects.filter(source__vendor=vendor, created_by=user_id, revoked_at=None)
    keys.update(revoked_at=timezone.now())
    pause_links_of_leavers()
