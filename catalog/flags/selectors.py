"""Reads about reported offers."""

from __future__ import annotations

from django.db.models import QuerySet

from catalog.flags.models import FlagCase
from catalog.models import Offer, Photo
from catalog.photos.addresses import key_of


def open_cases() -> QuerySet[FlagCase]:
    """The oldest first."""
    return FlagCase.objects.filter(verdict="").order_by("opened_at", "pk")


def reportable(offer_id: int) -> Offer | None:
    """An offer that people see."""
    return Offer.objects.on_sale().select_related("vendor").filter(pk=offer_id).first()


def shown_photos(offer: Offer) -> list[Photo]:
    """The offer's photos that have files of ours, in its order."""
    keys = [key_of(address) for address in offer.photos if isinstance(address, str)]
    found = {photo.key: photo for photo in Photo.objects.filter(key__in=keys).exclude(content="")}
    return [found[key] for key in keys if key in found]
