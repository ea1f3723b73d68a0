"""Search without an engine: the database's analysed words. No facets, no corrections, no ranking; it says so.

Attributes and conditions are known to the engine alone, as are prices for a measure: such limits are told as unapplied.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet, Value

from catalog.enums import PriceBasis
from catalog.freshness import fresh
from catalog.groups import group_number
from catalog.models import Category, Offer
from catalog.unit_prices import with_vat
from core.money import Money
from core.rates import Rates, current_rates
from search.analysis import query_words
from search.query import Facets, Hit, Limit, Notice, SearchQuery, SearchResults, Sort, Why
from vendors.delivery import paid_deliveries, vendors_serving, vendors_with_pickup
from vendors.enums import VatStatus


def search(query: SearchQuery) -> SearchResults:
    """All words of the query in `Offer.search_text`, and its limits, in SQL."""
    rates = current_rates()
    unapplied = _unapplied(query)
    offers = _matching(query, rates, unapplied)
    by = "piece_price" if _is_by_piece(query) else "price_amount"
    order = {Sort.PRICE_ASC: (by, "pk"), Sort.PRICE_DESC: (f"-{by}", "pk")}.get(query.sort, ("-pk",))
    start = (query.page - 1) * query.page_size
    rows = offers.order_by(*order).values_list(
        "pk", "gtin", "product_id", "stands_alone", "price_amount", "price_currency", "vat", "vat_percent"
    )
    why = (Why.ALL_WORDS,) if query.words else (Why.WITHIN_LIMITS,)
    hits = tuple(
        Hit(
            pk,
            group_number(pk, gtin, product, stands_alone=alone),
            0.0,
            rates.price_to_base(with_vat(amount, vat, percent), currency),
            why,
        )
        for pk, gtin, product, alone, amount, currency, vat, percent in rows[start : start + query.page_size]
    )
    return SearchResults(
        total=offers.count(),
        hits=hits,
        facets=Facets(),
        steps=(),
        alternatives=(),
        page=query.page,
        page_size=query.page_size,
        words=query.words,
        engine="database",
        notice=Notice.ENGINE_UNAVAILABLE,
        unapplied=unapplied,
    )


def _unapplied(query: SearchQuery) -> tuple[Limit, ...]:
    by_measure = query.basis not in {PriceBasis.UNIT, PriceBasis.PIECE} and not query.delivered
    limits = {
        Limit.MAX_PRICE: by_measure and query.max_price is not None,
        Limit.MIN_PRICE: by_measure and query.min_price is not None,
        Limit.FACT: any(query.facts),
        Limit.CONDITION: bool(query.condition),
    }
    return tuple(limit for limit, is_set in limits.items() if is_set)


def _is_by_piece(query: SearchQuery) -> bool:
    return query.basis is PriceBasis.PIECE and not query.delivered


def _matching(query: SearchQuery, rates: Rates, unapplied: tuple[Limit, ...]) -> QuerySet[Offer]:
    offers = fresh(Offer.objects.on_sale())
    if _is_by_piece(query):
        offers = offers.alias(piece_price=F("price_amount") / F("pack_count"))
    words = query_words(query.words)
    if query.words and not words:
        return offers.none()
    for word in words:
        has = _any(word.terms)
        if word.parts:
            has |= functools.reduce(operator.and_, (_any(terms) for terms in word.parts))
        offers = offers.filter(has)
    pieces = F("pack_count") if _is_by_piece(query) else Value(1)
    for limit, price, lookup in (
        (Limit.MIN_PRICE, query.min_price, "gte"),
        (Limit.MAX_PRICE, query.max_price, "lte"),
    ):
        if price is not None and limit not in unapplied:
            offers = offers.filter(_price_limit(price, lookup, rates, pieces))
    if query.delivered and query.max_price is not None:
        offers = offers.filter(_delivered(query.max_price, rates))
    return offers.filter(_choices(query), _terms_of_vendors(query)).exclude(vendor_id__in=query.vendors_out)


def _terms_of_vendors(query: SearchQuery) -> Q:
    condition = Q()
    if query.region:
        condition &= Q(vendor_id__in=vendors_serving(query.region))
    if query.pickup:
        condition &= Q(vendor_id__in=vendors_with_pickup(query.region))
    if query.participation:
        condition &= Q(participation__in=query.participation) | Q(
            participation="", vendor__participation__in=query.participation
        )
    return condition


def _delivered(ceiling: Money, rates: Rates) -> Q:
    """The ceiling less what delivery costs, at each vendor who takes money for it."""
    base = rates.to_base(ceiling)
    condition = Q()
    if base is None:
        return condition
    for terms in paid_deliveries():
        within = Money.from_price(base.to_price() - terms.cost, rates.base)
        fits = _price_limit(within, "lte", rates, Value(1)) if within.amount >= 0 else Q(pk__in=[])
        if terms.free_from is not None:
            fits |= _price_limit(Money.from_price(terms.free_from, rates.base), "gte", rates, Value(1))
        condition &= ~Q(vendor_id__in=terms.vendors) | fits
    return condition


def _any(terms: Iterable[str]) -> Q:
    """One of the terms. search_text is analysed and bounded by blanks, so LIKE needs no case folding."""
    return functools.reduce(operator.or_, (Q(search_text__contains=f" {term} ") for term in terms))


def _choices(query: SearchQuery) -> Q:
    condition = Q()
    if query.vendors_in:
        condition &= Q(vendor_id__in=query.vendors_in)
    if query.availability:
        condition &= Q(availability__in=query.availability)
    if query.brands:
        condition &= Q(brand__in=query.brands)
    if query.category_id is not None:
        condition &= Q(category_id__in=_below(query.category_id))
    return condition


def _below(category_id: int) -> list[int]:
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        return []
    return [
        int(pk) for pk in Category.objects.filter(path__startswith=category.path).values_list("pk", flat=True)
    ]


def _price_limit(limit: Money, lookup: str, rates: Rates, pieces: Any) -> Q:
    """The limit in each currency that has a rate, for so many pieces: amounts are stored in the offer's own. Those
    without VAT are compared with it.
    """
    condition = Q(pk__in=[])
    for currency in {settings.BASE_CURRENCY, *rates.micro}:
        converted = rates.convert(limit, currency)
        if converted is not None:
            most = converted.to_price()
            told: dict[str, Any] = {f"price_amount__{lookup}": Value(most) * pieces}
            added: dict[str, Any] = {
                f"price_amount__{lookup}": Value(most * 100) * pieces / (100 + F("vat_percent"))
            }
            condition |= Q(price_currency=currency) & (
                (Q(**told) & ~Q(vat=VatStatus.EXCLUDED)) | (Q(**added) & Q(vat=VatStatus.EXCLUDED))
            )
    return condition
