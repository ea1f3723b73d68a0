"""What this room does on news from lower rooms."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from catalog.models import Category
from catalog.signals import category_merged
from price_lists.services.categories import redirect_links


@receiver(category_merged, dispatch_uid="price_lists.redirect_links")
def on_category_merged(*, source: Category, target: Category, **_: Any) -> None:
    redirect_links(source=source, target=target)
