"""Reads about reported offers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from catalog.flags.models import FlagCase
from catalog.models import Offer, Photo
from catalog.photos.addresses import key_of
from vendors.models import Vendor


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


def others_showing(content: str, offer: Offer) -> list[tuple[Vendor, str]]:
    """Other vendors who show the same bytes, each with one address of them."""
    photos = Photo.objects.filter(content=content).exclude(vendor=offer.vendor_id).select_related("vendor")
    found: dict[int, tuple[Vendor, str]] = {}
    for photo in photos.order_by("pk"):
        if photo.vendor is not None:
            found.setdefault(photo.vendor.pk, (photo.vendor, photo.address))
    return list(found.values())


def count_of_others(cases: Sequence[FlagCase]) -> dict[int, int]:
    """Case -> how many other vendors show one of its offer's photos; two queries for all."""
    keys = {
        case.pk: {key_of(address) for address in case.offer.photos if isinstance(address, str)}
        for case in cases
    }
    named = Photo.objects.filter(key__in=set().union(*keys.values())).exclude(content="")
    contents = dict(named.values_list("key", "content"))
    vendors: dict[str, set[int | None]] = {}
    shown = Photo.objects.filter(content__in=set(contents.values())).values_list("content", "vendor")
    for content, vendor in shown.distinct():
        vendors.setdefault(content, set()).add(vendor)
    return {
        case.pk: len(
            set().union(*(vendors[contents[key]] for key in keys[case.pk] if key in contents))
            - {case.vendor_id, None}
        )
        for case in cases
    }
