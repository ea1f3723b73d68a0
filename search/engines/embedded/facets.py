"""Counts beside the results: each facet without its own limit, so that a further choice can be seen."""

from __future__ import annotations

from typing import Any

from search.engines.base import EngineQuery
from search.engines.embedded.queries import Builder
from search.engines.facets import FIELDS, PRICE_ENDS, selected, terms, told
from search.fields import NO_PRICE
from search.query import Facets

_PRICE = {
    "price": {"range": {"field": "price", "ranges": [{"to": float(NO_PRICE)}]}, "aggs": PRICE_ENDS},
}


def facets(builder: Builder, query: EngineQuery, found: Any) -> Facets:
    """Counts of all facets in one pass, and one pass more for each facet that has a choice."""
    searcher, filters = builder.searcher, query.filters
    limited = {name for name, values in selected(filters).items() if values}
    if filters.vendors_out:
        limited.add("vendor")
    plain = {name: terms(field) for name, field in FIELDS.items() if name not in limited}
    priced = filters.min_price is None and filters.max_price is None
    if priced:
        plain |= _PRICE
    counted = dict(searcher.aggregate(found, plain)) if plain else {}
    for name in sorted(limited):
        own = builder.found(query, without=name)
        counted |= searcher.aggregate(own, {name: terms(FIELDS[name])})
    if not priced:
        counted |= searcher.aggregate(builder.found(query, without="price"), _PRICE)
    below = [each for each in counted["price"]["buckets"] if each.get("to") == float(NO_PRICE)]
    return told(filters, {name: counted[name]["buckets"] for name in FIELDS}, below[0] if below else None)
