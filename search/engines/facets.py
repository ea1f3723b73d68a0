"""What every engine counts beside the results, and how the counts are told: engines differ in how a facet leaves out
its own limit, and in nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.engines.base import Filters
from search.query import Facets, FacetValue, PriceRange, facet_values

MAX_FACET_VALUES = 200
#: Facet → the field it counts.
FIELDS = {"vendor": "vendor", "category": "categories", "brand": "brand", "availability": "availability"}
#: Of the offers with a price: those without carry a stand-in, which is no price, and must be kept out.
PRICE_ENDS = {"low": {"min": {"field": "price"}}, "high": {"max": {"field": "price"}}}
_IDS = frozenset(["vendor", "category"])  # numbers, which an engine may keep as labels or tell as floats


def terms(field: str, **more: int) -> dict[str, Any]:
    """The aggregation that counts a field's values."""
    return {"terms": {"field": field, "size": MAX_FACET_VALUES, **more}}


def selected(filters: Filters) -> dict[str, frozenset[Any]]:
    """What is chosen, by facet."""
    return {
        "vendor": filters.vendors_in,
        "category": frozenset() if filters.category is None else frozenset([filters.category]),
        "brand": filters.brands,
        "availability": filters.availability,
    }


def told(
    filters: Filters, counted: Mapping[str, Sequence[Mapping[str, Any]]], priced: Mapping[str, Any] | None
) -> Facets:
    """`counted` are the buckets of each facet, `priced` is the bucket of the offers that have a price."""
    chosen = selected(filters)
    shown = {name: _values(name, counted[name], chosen[name]) for name in FIELDS}
    return Facets(
        vendors=shown["vendor"],
        categories=shown["category"],
        brands=shown["brand"],
        availability=shown["availability"],
        price=PriceRange(int(priced["low"]["value"]), int(priced["high"]["value"]))
        if priced is not None and priced["doc_count"]
        else None,
    )


def _values(
    name: str, buckets: Sequence[Mapping[str, Any]], chosen: frozenset[Any]
) -> tuple[FacetValue, ...]:
    read = int if name in _IDS else str
    return facet_values({read(bucket["key"]): bucket["doc_count"] for bucket in buckets}, chosen)
