"""Offers as the reverse matcher sees them: one document for each price that a quantity can reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from buyer_requests.matching.terms import terms_of
from catalog.enums import Availability, PriceKind
from catalog.models import Offer, OfferPrice, StockLevel
from catalog.purchase_prices import is_purchase_label
from catalog.unit_prices import with_vat
from core.rates import Rates, current_rates
from search.percolation import OfferDocument

CHUNK = 5_000
#: Stands for the category of offers that have none: they may be of any.
UNPLACED = 0
_FIELDS = (
    "id", "vendor_id", "title", "texts", "brand", "article", "mpn", "gtin", "unit", "pack_count",
    "price_amount", "price_currency", "vat", "vat_percent", "availability", "category_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """An offer at one of its prices. `document.id` is the place of the variant in its list, not the offer's id."""

    offer_id: int
    min_quantity: int
    document: OfferDocument


def base_price(amount: int, currency: str, vat: str, percent: int, rates: Rates) -> int | None:
    """A stored price in the row's currency, VAT included; None where it is not known."""
    return rates.price_to_base(with_vat(amount, vat, percent), currency) if amount > 0 else None


def variants(offers: QuerySet[Offer], *, rates: Rates | None = None) -> list[Variant]:
    """All given offers, in six statements however many they are; hold it to a few thousand at once."""
    rates = rates or current_rates()
    rows = list(offers.order_by("pk").values_list(*_FIELDS))
    ids = [row[0] for row in rows]
    stock, order_days = stock_of(ids)
    tiers = _tiers(ids)
    terms = terms_of({row[1] for row in rows})
    categories: dict[int | None, frozenset[int]] = {None: frozenset((UNPLACED,))}
    made: list[Variant] = []
    for (
        pk, vendor, title, texts, brand, article, mpn, gtin, unit, pack, amount, currency, vat, percent, available, category,
    ) in rows:  # fmt: skip
        quantity = stock.get(pk)
        places, pickups, days = terms[vendor]
        wait = order_days.get(pk, 0)
        if category not in categories:
            categories[category] = frozenset((category,))
        if quantity is None and available == Availability.NONE:
            quantity = Decimal(0)
        titles = _titles(title, texts)
        words = _words(titles, brand)
        prices = [(1, base_price(amount, currency, vat, percent, rates))]
        prices += [
            (least, base_price(tier, tier_currency, vat, percent, rates))
            for least, tier, tier_currency in tiers.get(pk, ())
        ]
        for least, price in prices:
            document = OfferDocument(
                id=len(made),
                vendor_id=vendor,
                text=words,
                codes=tuple(code for code in (article, mpn, gtin) if code),
                price=price,
                unit=unit,
                pack_count=pack,
                quantity=None if quantity is None else float(quantity),
                titles=titles,
                brand=brand,
                category_ids=categories[category],
                places=places,
                pickups=pickups,
                days=days + wait,
                pickup_days=wait,
            )
            made.append(Variant(pk, least, document))
    return made


def quantities(offer_ids: Collection[int]) -> dict[int, Decimal]:
    """How many there are of each offer: the overall figure, else the sum over points, if every point tells one."""
    return stock_of(offer_ids)[0]


def stock_of(offer_ids: Collection[int]) -> tuple[dict[int, Decimal], dict[int, int]]:
    """How many there are of each offer, and within how many days what comes to order can be had at the soonest."""
    overall: dict[int, Decimal | None] = {}
    points: dict[int, list[Decimal | None]] = defaultdict(list)
    days: dict[int, int] = {}
    for some in _pieces(offer_ids):
        rows = StockLevel.objects.filter(offer_id__in=some).values_list(
            "offer_id", "point_id", "quantity", "state", "order_days"
        )
        for offer, point, quantity, state, order_days in rows:
            told_one: Decimal | None = quantity if state != Availability.NONE or quantity else Decimal(0)
            # What is there, or comes nobody says when, may be there today.
            wait = order_days if state == Availability.TO_ORDER and order_days else 0
            days[offer] = min(days.get(offer, wait), wait)
            if point:
                points[offer].append(told_one)
            else:
                overall[offer] = told_one
    told = {offer: quantity for offer, quantity in overall.items() if quantity is not None}
    for offer, each in points.items():
        if offer not in overall and None not in each:
            told[offer] = sum((quantity for quantity in each if quantity is not None), Decimal(0))
    return told, {offer: wait for offer, wait in days.items() if wait}


def _tiers(offer_ids: Collection[int]) -> dict[int, list[tuple[int, int, str]]]:
    found: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for some in _pieces(offer_ids):
        rows = OfferPrice.objects.filter(
            offer_id__in=some, kind__in=(PriceKind.RETAIL, PriceKind.WHOLESALE), min_quantity__gt=1
        ).values_list("offer_id", "min_quantity", "amount", "currency", "label")
        for offer, least, amount, currency, label in rows:
            if not is_purchase_label(label):
                found[offer].append((least, amount, currency))
    return found


def _pieces(ids: Collection[int], size: int = 10_000) -> Iterator[list[int]]:
    """SQLite takes a bounded number of parameters in one statement."""
    every = list(ids)
    for start in range(0, len(every), size):
        yield every[start : start + size]


def _titles(title: str, texts: dict[str, dict[str, str]]) -> tuple[str, ...]:
    """The title and those in other languages, each once."""
    others = (words.get("title", "") for words in texts.values())
    return tuple(dict.fromkeys(each for each in (title, *others) if each))


def _words(titles: tuple[str, ...], brand: str) -> str:
    said = [*titles]
    if brand and brand.lower() not in titles[0].lower():
        said.append(brand)
    return " \n".join(said)
