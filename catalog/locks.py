"""Row locks of offers, always taken in the order of their ids: two writers wait for each other, and never in a ring."""

from __future__ import annotations

from collections.abc import Collection

from catalog.models import Offer, OfferQuerySet


def locked_offers(offer_ids: Collection[int]) -> OfferQuerySet:
    """The offers under locks that last to the end of the transaction. On SQLite the transaction itself is the lock."""
    return Offer.objects.filter(pk__in=offer_ids).order_by("pk").select_for_update()


def lock_offers(offer_ids: Collection[int]) -> None:
    """Takes the locks before a statement that would take them in an order of its own."""
    for _pk in locked_offers(offer_ids).values_list("pk", flat=True):
        pass
