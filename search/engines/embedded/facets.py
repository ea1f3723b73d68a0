"""Counts beside the results: each facet without its own limit, so that a further choice can be seen."""

from __future__ import annotations

from typing import Any

from search.engines.base import EngineQuery
from search.engines.embedded.queries import Builder
from search.fields import NO_PRICE
from search.query import Facets, FacetValue, PriceRange, facet_values

MAX_FACET_VALUES = 200
_FACET_FIELDS = {
    "vendor": "vendor",
    "category": "categories",
    "brand": "brand",
    "availability": "availability",
}


def facets(builder: Builder, query: EngineQuery, found: Any) -> Facets:
    """Counts of all facets in one pass, and one pass more for each facet that has a choice."""
    searcher, filters = builder.searcher, query.filters
    chosen: dict[str, frozenset[Any]] = {
        "vendor": filters.vendors_in | filters.vendors_out,
        "category": frozenset() if filters.category is None else frozenset([filters.category]),
        "brand": filters.brands,
        "availability": filters.availability,
    }
    plain = {name: _terms(field) for name, field in _FACET_FIELDS.items() if not chosen[name]}
    priced = filters.min_price is None and filters.max_price is None
    if priced:
        plain |= _PRICE
    counted = dict(searcher.aggregate(found, plain)) if plain else {}
    for name, values in chosen.items():
        if values:
            own = builder.found(query, without=name)
            counted |= searcher.aggregate(own, {name: _terms(_FACET_FIELDS[name])})
    if not priced:
        counted |= searcher.aggregate(builder.found(query, without="price"), _PRICE)
    selected = chosen | {"vendor": filters.vendors_in}
    shown = {name: _values(counted[name], selected[name]) for name in _FACET_FIELDS}
    return Facets(
        vendors=shown["vendor"],
        categories=shown["category"],
        brands=shown["brand"],
        availability=shown["availability"],
        price=_price_range(counted),
    )


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MAX_FACET_VALUES}}


# Offers without a price carry a stand-in, which is no price.
_PRICE = {
    "price": {
        "range": {"field": "price", "ranges": [{"to": float(NO_PRICE)}]},
        "aggs": {"low": {"min": {"field": "price"}}, "high": {"max": {"field": "price"}}},
    }
}


def _values(answer: Any, selected: frozenset[Any]) -> tuple[FacetValue, ...]:
    counts = {
        int(bucket["key"]) if isinstance(bucket["key"], float) else bucket["key"]: bucket["doc_count"]
        for bucket in answer["buckets"]
    }
    return facet_values(counts, selected)


def _price_range(counted: Any) -> PriceRange | None:
    for bucket in counted["price"]["buckets"]:
        if bucket["doc_count"] and bucket.get("to") == float(NO_PRICE):
            return PriceRange(int(bucket["low"]["value"]), int(bucket["high"]["value"]))
    return None
