"""What every engine counts beside the results, and how the counts are told: engines differ in how a facet leaves out
its own limit, and in nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.enums import PriceBasis
from search.engines.base import EngineQuery, Filters
from search.engines.labels import number_of
from search.query import FacetValue, FactFacet, PriceRange, facet_values
from vendors.enums import Participation

MAX_FACET_VALUES = 200
#: Labels that are counted of all attributes together, and of one that is limited.
MAX_LABELS = 2_000
#: Facet → the field it counts.
FIELDS = {
    "vendor": "vendor",
    "category": "categories",
    "brand": "brand",
    "availability": "availability",
    "condition": "condition",
}
MODES: tuple[str, ...] = tuple(Participation.values)
#: The bases whose prices are counted, with the name of the count.
BASES = {f"basis:{basis.value}": basis for basis in PriceBasis if basis is not PriceBasis.UNIT}
_IDS = frozenset(["vendor", "category"])  # numbers, which an engine may keep as labels or tell as floats


def terms(field: str, **more: Any) -> dict[str, Any]:
    """The aggregation that counts a field's values."""
    return {"terms": {"field": field, "size": MAX_FACET_VALUES, **more}}


def ends(field: str) -> dict[str, Any]:
    """The aggregations that find the lowest and the highest value."""
    return {"low": {"min": {"field": field}}, "high": {"max": {"field": field}}}


def labels(codes: Sequence[str], **more: Any) -> dict[str, Any]:
    """The aggregation that counts the values of these attributes."""
    told = "|".join(_literally(code) for code in codes)
    return terms("facts", include=f"({told})=.*", **{"size": MAX_LABELS, **more})


def selected(filters: Filters) -> dict[str, frozenset[Any]]:
    """What is chosen, by facet."""
    return {
        "vendor": filters.vendors_in,
        "category": frozenset() if filters.category is None else frozenset([filters.category]),
        "brand": filters.brands,
        "availability": filters.availability,
        "condition": filters.condition,
    }


def limited_facts(query: EngineQuery) -> tuple[str, ...]:
    """Attributes to count that are limited, each without its own limit."""
    limited = {each.code for each in query.filters.facts if each}
    return tuple(code for code in query.count_facts if code in limited)


def told(
    query: EngineQuery, counted: Mapping[str, Sequence[Mapping[str, Any]]], low: Any, high: Any
) -> dict[str, Any]:
    """`counted` are the buckets of each facet, `low` and `high` the ends of the prices, None where there are none."""
    filters = query.filters
    chosen = selected(filters)
    shown = {name: _values(name, counted[name], chosen[name]) for name in FIELDS}
    return {
        "vendors": shown["vendor"],
        "categories": shown["category"],
        "brands": shown["brand"],
        "availability": shown["availability"],
        "condition": shown["condition"],
        "price": None if low is None or high is None else PriceRange(int(low), int(high)),
    }


def participation(query: EngineQuery, counts: Mapping[str, int]) -> tuple[FacetValue, ...]:
    """Ways of taking part that are met or chosen."""
    return facet_values({mode: count for mode, count in counts.items() if count}, query.filters.participation)


def bases(counts: Mapping[str, Any]) -> tuple[FacetValue, ...]:
    """`counts` has the number of prices for each name of `BASES`."""
    met = {basis.value: int(counts[name]) for name, basis in BASES.items() if counts[name]}
    return facet_values(met, frozenset())


def facts(query: EngineQuery, counts: Mapping[str, int]) -> tuple[FactFacet, ...]:
    """`counts` by label as documents have them; attributes in the order in which they were asked for."""
    by_code: dict[str, dict[str, int]] = {code: {} for code in query.count_facts}
    for label, count in counts.items():
        code, _, value = label.partition("=")
        if code in by_code:
            by_code[code][value] = count
    chosen = {limit.code: limit.values for limit in query.filters.facts}
    out = []
    for code, found in by_code.items():
        values = facet_values(found, chosen.get(code, frozenset()))
        if not values:
            continue
        numbers = [number for number in map(number_of, found) if number is not None]
        out.append(
            FactFacet(
                code,
                values[:MAX_FACET_VALUES],
                low=min(numbers, default=None),
                high=max(numbers, default=None),
            )
        )
    return tuple(out)


def _values(
    name: str, buckets: Sequence[Mapping[str, Any]], chosen: frozenset[Any]
) -> tuple[FacetValue, ...]:
    read = int if name in _IDS else str
    return facet_values({read(bucket["key"]): bucket["doc_count"] for bucket in buckets}, chosen)


def _literally(code: str) -> str:
    """As a regular expression of either engine that means just this; codes are letters, figures and hyphens."""
    return "".join(each if each.isalnum() else f"\\{each}" for each in code)
