"""Offers as they are compared, read by the thousand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from catalog.models import Offer
from price_lists.identity import Record, Statistics
from price_lists.identity.facts import read_facts
from price_lists.identity.statistics import Weighed
from price_lists.joining.barcodes import is_restricted, quarantined, spellings, valid

_COLUMNS = (
    "id", "vendor_id", "product_id", "stands_alone", "title", "brand", "mpn", "gtin", "article", "unit",
    "pack_count", "price_amount", "price_currency", "attributes", "withdrawn_at", "hidden_at",
)  # fmt: skip
_MINOR = 100  # 1/10,000 in a minor unit


@dataclass(slots=True, eq=False)
class Good:
    """An offer in hand. `gtin` has 14 figures, or none where it joins nothing; `said_gtin` is what the offer tells."""

    id: int
    vendor: int
    gtin: str
    said_gtin: str
    has_product: bool
    stands_alone: bool
    weighed: Weighed


def read_goods(offer_ids: Collection[int], statistics: Statistics) -> dict[int, Good]:
    """The offers that are on sale; others are not in the answer."""
    rows = Offer.objects.filter(pk__in=offer_ids, withdrawn_at__isnull=True, hidden_at__isnull=True)
    read = list(rows.order_by("pk").values(*_COLUMNS))
    said = {row["id"]: valid(row["gtin"]) for row in read}
    out = quarantined({gtin for gtin in said.values() if gtin})
    goods = {}
    for row in read:
        pk, gtin = row["id"], said[row["id"]]
        joining = "" if gtin in out or is_restricted(gtin) else gtin
        attributes = row["attributes"] if isinstance(row["attributes"], dict) else {}
        record = Record(
            id=str(pk),
            title=row["title"],
            brand=row["brand"],
            mpn=row["mpn"],
            gtin=row["gtin"] if joining else "",
            article=row["article"],
            price=row["price_amount"] // _MINOR or None,
            currency=row["price_currency"],
            unit=row["unit"],
            # One is what a column says that says nothing.
            pack_count=row["pack_count"] if row["pack_count"] > 1 else None,
            attributes={str(name): str(value) for name, value in attributes.items()},
        )
        goods[pk] = Good(
            id=pk,
            vendor=row["vendor_id"],
            gtin=joining,
            said_gtin=gtin,
            has_product=row["product_id"] is not None,
            stands_alone=row["stands_alone"],
            weighed=statistics.weigh(read_facts(record)),
        )
    return goods


def of_barcodes(gtins: Iterable[str], *, most: int) -> dict[str, list[int]]:
    """Offers on sale by valid barcode, the first of each, found by every way of writing it."""
    wanted = sorted(set(gtins))
    found: dict[str, list[int]] = {gtin: [] for gtin in wanted}
    if not wanted:
        return found
    written = [each for gtin in wanted for each in spellings(gtin)]
    offers = Offer.objects.with_barcode(*written).filter(withdrawn_at__isnull=True, hidden_at__isnull=True)
    for pk, gtin in offers.order_by("pk").values_list("pk", "gtin"):
        same = found.get(gtin.zfill(14))
        if same is not None and len(same) < most:
            same.append(pk)
    return found
