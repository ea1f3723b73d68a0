"""Reads of photos for the desk of their vendor and for those who watch."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo
from vendors.models import Vendor


def photos_of(*, vendor: Vendor, supply_id: int | None = None) -> QuerySet[Photo]:
    """The addresses that this vendor, or one source of it, was the first to name."""
    photos = Photo.objects.filter(vendor=vendor, unused_since__isnull=True)
    return photos if supply_id is None else photos.filter(supply=supply_id)


def counts_of(*, vendor: Vendor, supply_id: int | None = None) -> dict[str, int]:
    """How many of them are in each state; every state is named."""
    rows = photos_of(vendor=vendor, supply_id=supply_id).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(PhotoState.values, 0) | dict(rows)


def queued_photos() -> int:
    """How many are to be fetched, 100,000 at most: it is asked at every scrape."""
    return Photo.objects.filter(next_at__isnull=False)[:100_000].count()
