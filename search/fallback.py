"""Search without an engine: the database's analysed words. No facets, no corrections, no ranking; it says so."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from catalog.freshness import fresh
from catalog.groups import group_number
from catalog.models import Category, Offer
from core.money import Money
from core.rates import Rates, current_rates
from search.analysis import query_words
from search.query import Facets, Hit, Notice, SearchQuery, SearchResults, Sort, Why


def search(query: SearchQuery) -> SearchResults:
    """All words of the query in `Offer.search_text`, and its limits, in SQL."""
    rates = current_rates()
    offers = _matching(query, rates)
    order = {Sort.PRICE_ASC: ("price_amount", "pk"), Sort.PRICE_DESC: ("-price_amount", "pk")}.get(
        query.sort, ("-pk",)
    )
    start = (query.page - 1) * query.page_size
    rows = offers.order_by(*order).values_list(
        "pk", "gtin", "product_id", "stands_alone", "price_amount", "price_currency"
    )
    why = (Why.ALL_WORDS,) if query.words else (Why.WITHIN_LIMITS,)
    hits = tuple(
        Hit(
            pk,
            group_number(pk, gtin, product, stands_alone=alone),
            0.0,
            rates.price_to_base(amount, currency),
            why,
        )
        for pk, gtin, product, alone, amount, currency in rows[start : start + query.page_size]
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
    )


def _matching(query: SearchQuery, rates: Rates) -> QuerySet[Offer]:
    offers = fresh(Offer.objects.on_sale())
    words = query_words(query.words)
    if query.words and not words:
        return offers.none()
    for word in words:
        has = _any(word.terms)
        if word.parts:
            has |= functools.reduce(operator.and_, (_any(terms) for terms in word.parts))
        offers = offers.filter(has)
    for limit, lookup in ((query.min_price, "gte"), (query.max_price, "lte")):
        if limit is not None:
            offers = offers.filter(_price_limit(limit, lookup, rates))
    return offers.filter(_choices(query)).exclude(vendor_id__in=query.vendors_out)


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


def _price_limit(limit: Money, lookup: str, rates: Rates) -> Q:
    """The limit in each currency that has a rate: amounts are stored in the offer's own."""
    condition = Q(pk__in=[])
    for currency in {settings.BASE_CURRENCY, *rates.micro}:
        converted = rates.convert(limit, currency)
        if converted is not None:
            values: dict[str, Any] = {
                "price_currency": currency,
                f"price_amount__{lookup}": converted.to_price(),
            }
            condition |= Q(**values)
    return condition
