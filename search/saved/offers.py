"""Offers as the matcher and the price watches see them. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from catalog.freshness import fresh
from catalog.groups import group_number
from catalog.models import Category, Offer
from catalog.unit_prices import with_vat
from core.money import Money
from core.rates import Rates, current_rates
from search.percolation import OfferDocument
from search.selectors import category_ancestors

T = TypeVar("T")
#: SQLite takes a bounded number of parameters in one statement.
PARAMETERS = 5_000
_FIELDS = (
    "id", "vendor_id", "title", "texts", "brand", "article", "mpn", "gtin", "unit", "pack_count", "category_id",
    "product_id", "stands_alone", "price_amount", "price_currency", "vat", "vat_percent", "availability",
    "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """An offer on sale. `document.price` is in the row's currency, VAT included, as searches compare it."""

    document: OfferDocument
    group_id: int
    brand: str
    availability: str
    created_at: dt.datetime

    @property
    def id(self) -> int:
        return self.document.id


def price_of(offer: Offer) -> Money:
    """As ceilings and watches mean it, in its own currency."""
    return Money.from_price(with_vat(offer.price_amount, offer.vat, offer.vat_percent), offer.price_currency)


def on_sale(offer_ids: Collection[int]) -> QuerySet[Offer]:
    """Those of the offers that a search may show: on sale, and not past their days."""
    return fresh(Offer.objects.on_sale().filter(pk__in=offer_ids))


def read_offers(offers: QuerySet[Offer], *, rates: Rates | None = None) -> list[Seen]:
    """All of them in two statements; hold it to some thousand at once."""
    rates = rates or current_rates()
    ancestors = category_ancestors()
    made = []
    for (
        pk, vendor, title, texts, brand, article, mpn, gtin, unit, pack, category, product, alone, amount, currency,
        vat, percent, availability, created_at,
    ) in offers.order_by("pk").values_list(*_FIELDS):  # fmt: skip
        told = (words.get("title", "") for words in texts.values() if isinstance(words, dict))
        titles = tuple(dict.fromkeys(each for each in (title, *told) if each))
        named = titles if not brand or brand.lower() in title.lower() else (*titles, brand)
        document = OfferDocument(
            id=pk,
            vendor_id=vendor,
            text=" \n".join(named),
            codes=tuple(code for code in (article, mpn, gtin) if code),
            price=rates.price_to_base(with_vat(amount, vat, percent), currency),
            unit=unit,
            pack_count=pack,
            category_ids=frozenset(ancestors.get(category, ())),
            titles=titles,
            brand=brand,
        )
        group = group_number(pk, gtin, product, stands_alone=alone)
        made.append(Seen(document, group, brand, availability, created_at))
    return made


def merged_categories() -> Mapping[int, int]:
    """Categories that became part of another one, and which that is in the end."""
    into = dict(Category.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    ends = {}
    for pk in into:
        end, steps = pk, 0
        while end in into and steps < len(into):
            end, steps = into[end], steps + 1
        ends[pk] = end
    return ends


def in_pieces(values: Iterable[T], size: int = PARAMETERS) -> Iterator[Sequence[T]]:
    every = list(values)
    for start in range(0, len(every), size):
        yield every[start : start + size]
