"""Products and which offers are of them. Why an offer is of one, the caller knows and keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from catalog.locks import lock_products, locked_offers
from catalog.models import Offer, Product
from catalog.services.changes import WATCHING, announce
from core.bulk import allocate_ids, database_time, insert_rows, update_rows

__all__ = ["Place", "lock_products", "make_products", "place_offers", "settle_products"]

LEAST = 2  # offers that make a product
#: Offers of one product that are read for its words.
_MOST_READ = 100


class Place(NamedTuple):
    """Where an offer belongs: a product, or none. `alone`: without a product not even its barcode groups it."""

    product_id: int | None
    alone: bool = False


def make_products(count: int) -> Sequence[int]:
    """Ids of so many new products without words, in the caller's transaction, which places offers and settles."""
    ids = allocate_ids(Product, count)
    now = database_time(timezone.now())
    rows = [(pk, "", "", "", None, now) for pk in ids]
    insert_rows(Product, ("id", "title", "brand", "mpn", "gtin", "created_at"), rows)
    return ids


def place_offers(places: Mapping[int, Place]) -> list[int]:
    """Puts offers into products or takes them out, raises their versions and tells the index; what stands so
    already is not touched. In the caller's transaction. Returns the offers that moved.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("place_offers belongs into a transaction")
    held = locked_offers(places).values_list("pk", "product_id", "stands_alone")
    rows: list[tuple[Any, ...]] = [
        (*places[pk], pk) for pk, product, alone in held if places[pk] != Place(product, alone)
    ]
    update_rows(Offer, ("product_id", "stands_alone"), rows, also="version = version + 1")
    moved = [row[-1] for row in rows]
    announce(moved, consumers=("search", WATCHING))
    return moved


def settle_products(product_ids: Collection[int], *, barcodes: Mapping[int, str]) -> list[int]:
    """Gives products the words of their offers, and ends those of fewer than two offers. In the caller's
    transaction. `barcodes` are those that may stand for a product, as 14 figures. Returns the offers freed.
    """
    members: dict[int, list[dict[str, Any]]] = {pk: [] for pk in product_ids}
    nth = Window(RowNumber(), partition_by="product_id", order_by="pk")
    read = Offer.objects.filter(product__in=product_ids).alias(nth=nth).filter(nth__lte=_MOST_READ)
    for row in read.order_by("pk").values(
        "pk", "product_id", "stands_alone", "title", "brand", "mpn", "gtin"
    ):
        members[row["product_id"]].append(row)
    small = [pk for pk, rows in members.items() if len(rows) < LEAST]
    left = {row["pk"]: Place(None, row["stands_alone"]) for pk in small for row in members[pk]}
    freed = place_offers(left) if left else []
    Product.objects.filter(pk__in=small).delete()
    told = []
    for pk in sorted(members.keys() - set(small)):
        rows = members[pk]
        # The one that says most of itself; of several the one that came first, so that titles stay as they are.
        best = max(
            rows, key=lambda row: (bool(row["brand"]) + bool(row["mpn"]) + bool(row["gtin"]), -row["pk"])
        )
        told.append((best["title"], _usual(rows, "brand"), _usual(rows, "mpn"), barcodes.get(pk) or None, pk))
    taken = set(
        Product.objects.filter(gtin__in=[row[3] for row in told if row[3]])
        .exclude(pk__in=[row[4] for row in told])
        .values_list("gtin", flat=True)
    )
    seen: set[str] = set()
    rows_told: list[tuple[Any, ...]] = []
    for title, brand, mpn, gtin, pk in told:
        own = gtin if gtin and gtin not in taken and gtin not in seen else None
        if own:
            seen.add(own)
        rows_told.append((title, brand, mpn, own, pk))
    if rows_told:
        # A barcode may go from one of them to another: none has one while they change.
        Product.objects.filter(pk__in=[row[-1] for row in rows_told], gtin__isnull=False).update(gtin=None)
        update_rows(Product, ("title", "brand", "mpn", "gtin"), rows_told)
    return freed


def _usual(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    """The value that most of the offers tell."""
    told = Counter(row[name] for row in rows if row[name])
    return str(told.most_common(1)[0][0]) if told else ""
