"""Facets in the same request as the results: limits that belong to a facet filter after counting."""

from __future__ import annotations

from typing import Any

from search.engines.base import EngineQuery
from search.engines.queries import Limitation
from search.fields import NO_PRICE
from search.query import Facets, FacetValue, PriceRange, facet_values

MAX_FACET_VALUES = 200
_SEEN_PER_SHARD = 2_000
_FIELDS = {"vendor": "vendor", "category": "categories", "brand": "brand", "availability": "availability"}
_IDS = frozenset(["vendor", "category"])  # numbers that the index keeps as labels


def counted(limits: list[Limitation]) -> dict[str, Any]:
    """The aggregations: each within the limits of all facets but its own. `limits` are those that belong to one."""
    asked: dict[str, Any] = {name: _terms(field) for name, field in _FIELDS.items()}
    asked["price"] = {
        # Offers without a price carry a stand-in, which is no price.
        "filter": {"range": {"price": {"lt": NO_PRICE}}},
        "aggs": {"low": {"min": {"field": "price"}}, "high": {"max": {"field": "price"}}},
    }
    return {name: _within(aggregation, limits, name) for name, aggregation in asked.items()}


def after_counting(limits: list[Limitation]) -> dict[str, Any]:
    """What results must meet beyond what is counted."""
    return _bool(limits)


def facets(query: EngineQuery, answer: dict[str, Any]) -> Facets:
    filters = query.filters
    selected: dict[str, frozenset[Any]] = {
        "vendor": filters.vendors_in,
        "category": frozenset() if filters.category is None else frozenset([filters.category]),
        "brand": filters.brands,
        "availability": filters.availability,
    }
    shown = {
        name: _values(name, answer[name].get("own", answer[name])["buckets"], selected[name])
        for name in _FIELDS
    }
    price = answer["price"].get("own", answer["price"])
    return Facets(
        vendors=shown["vendor"],
        categories=shown["category"],
        brands=shown["brand"],
        availability=shown["availability"],
        price=PriceRange(int(price["low"]["value"]), int(price["high"]["value"]))
        if price["doc_count"]
        else None,
    )


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MAX_FACET_VALUES, "shard_size": _SEEN_PER_SHARD}}


def _within(aggregation: dict[str, Any], limits: list[Limitation], name: str) -> dict[str, Any]:
    others = [limit for limit in limits if limit.name != name]
    return {"filter": _bool(others), "aggs": {"own": aggregation}} if others else aggregation


def _bool(limits: list[Limitation]) -> dict[str, Any]:
    must = [limit.query for limit in limits if limit.must]
    must_not = [limit.query for limit in limits if not limit.must]
    return {"bool": {"filter": must, "must_not": must_not}}


def _values(name: str, buckets: list[dict[str, Any]], selected: frozenset[Any]) -> tuple[FacetValue, ...]:
    counts = {
        int(bucket["key"]) if name in _IDS else str(bucket["key"]): bucket["doc_count"] for bucket in buckets
    }
    return facet_values(counts, selected)
