"""Counts beside the results: each facet without its own limit, so that a further choice can be seen."""

from __future__ import annotations

from typing import Any

from search.engines.base import EngineQuery
from search.engines.embedded.queries import Builder
from search.engines.facets import (
    BASES,
    FIELDS,
    MAX_LABELS,
    MODES,
    bases,
    ends,
    facts,
    labels,
    limited_facts,
    participation,
    selected,
    terms,
    told,
)
from search.engines.limits import Limits, of_fact
from search.fields import PRICES
from search.query import Facets
from vendors.enums import Participation


def facets(builder: Builder, query: EngineQuery, found: Any, total: int) -> Facets:
    """Counts of all facets in one pass, and one pass more for each facet that has a choice."""
    plain: dict[str, Any] = {}
    apart: dict[str, dict[str, Any]] = {}  # limit to leave out → aggregations
    if query.with_facets:
        _common(query, plain, apart)
    if query.count_facts:
        _of_attributes(query, plain, apart)
    counted = dict(builder.searcher.aggregate(found, plain)) if plain else {}
    for name, asked in sorted(apart.items()):
        counted |= builder.searcher.aggregate(builder.found(query, without=name), asked)
    shown: dict[str, Any] = {}
    if query.with_facets:
        shown = told(
            query,
            {name: counted[name]["buckets"] for name in FIELDS},
            counted["low"]["value"],
            counted["high"]["value"],
        )
        shown["participation"] = participation(query, _participation(builder, query, found, total))
    if query.count_facts:
        names = [name for name in counted if name.startswith("facts")]
        buckets = [bucket for name in names for bucket in counted[name]["buckets"]]
        shown["facts"] = facts(query, {str(each["key"]): each["doc_count"] for each in buckets})
        shown["bases"] = bases({name: counted[name]["value"] for name in BASES})
    return Facets(**shown)


def _common(query: EngineQuery, plain: dict[str, Any], apart: dict[str, dict[str, Any]]) -> None:
    filters = query.filters
    limited = {name for name, values in selected(filters).items() if values}
    if filters.vendors_out:
        limited.add("vendor")
    for name, field in FIELDS.items():
        (apart.setdefault(name, {}) if name in limited else plain)[name] = terms(field)
    prices = ends(PRICES[filters.basis])
    if filters.min_price is None and filters.max_price is None:
        plain |= prices
    else:
        apart["price"] = prices


def _of_attributes(query: EngineQuery, plain: dict[str, Any], apart: dict[str, dict[str, Any]]) -> None:
    limited = limited_facts(query)
    rest = [code for code in query.count_facts if code not in limited]
    if rest:
        plain["facts"] = labels(rest, size=MAX_LABELS)
    for code in limited:
        apart[of_fact(code)] = {f"facts:{code}": labels([code], size=MAX_LABELS)}
    plain |= {name: {"value_count": {"field": PRICES[basis]}} for name, basis in BASES.items()}


def _participation(builder: Builder, query: EngineQuery, found: Any, total: int) -> dict[str, int]:
    """Who only lists are mostly all: the others are counted, and only where there are any."""
    filters = query.filters
    if filters.participation:
        found = builder.found(query, without="participation")
        total = builder.count(found)
    by_vendor = dict(filters.modes)
    limits = Limits(builder, query)
    counts = {
        mode: builder.count(builder.joined(needed=[found, limits.taking_part(mode)]))
        for mode in MODES
        if mode != Participation.LISTING
        and (by_vendor.get(mode) or builder.searcher.doc_freq("participation", mode))
    }
    return counts | {Participation.LISTING.value: total - sum(counts.values())}
