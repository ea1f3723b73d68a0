"""Row locks of offers, always taken in the order of their ids: two writers wait for each other, and never in a ring."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from catalog.models import CategoryRevision, Offer, OfferQuerySet, TreeOperation

#: Of the advisory lock; any number that no other lock of the site has.
_PRODUCTS = 0x52594144_0001
_TREE = 0x52594144_0007


def locked_offers(offer_ids: Collection[int]) -> OfferQuerySet:
    """The offers under locks that last to the end of the transaction. On SQLite the transaction itself is the lock."""
    return Offer.objects.filter(pk__in=offer_ids).order_by("pk").select_for_update()


def lock_offers(offer_ids: Collection[int]) -> None:
    """Takes the locks before a statement that would take them in an order of its own."""
    for _pk in locked_offers(offer_ids).values_list("pk", flat=True):
        pass


def lock_products() -> None:
    """Until the end of the transaction nobody else joins offers to products or takes them out: two workers that met
    offers of one good at once would otherwise each make a product of it. On SQLite the transaction is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PRODUCTS])


def lock_tree() -> None:
    """Until the end of the transaction nobody else moves, adds or removes categories: places in the tree are written
    into many rows at once. On SQLite the transaction is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE])


def locked_operation(operation_id: int) -> TreeOperation:
    """An operation on the tree: one worker takes it up."""
    return TreeOperation.objects.select_for_update().get(pk=operation_id)


def locked_revision(revision_id: int) -> CategoryRevision:
    """A writing of a category's fields: one person decides about it."""
    return CategoryRevision.objects.select_for_update().get(pk=revision_id)
