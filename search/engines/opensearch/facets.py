"""Facets in the same request as the results: limits that belong to a facet filter after counting."""

from __future__ import annotations

from typing import Any

from search.engines.base import EngineQuery
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
    terms,
    told,
)
from search.engines.labels import readable
from search.engines.limits import Limitation, Limits, of_fact
from search.engines.queries import Primitives
from search.fields import PRICES
from search.query import Facets

_SEEN_PER_SHARD = 2_000


def counted(primitives: Primitives, query: EngineQuery, limits: list[Limitation]) -> dict[str, Any]:
    """The aggregations: each within the limits of all facets but its own. `limits` are those that belong to one."""
    asked: dict[str, tuple[str, dict[str, Any]]] = {}  # name → (limit to leave out, aggregation)
    if query.with_facets:
        for name, field in FIELDS.items():
            asked[name] = (name, terms(field, shard_size=_SEEN_PER_SHARD))
        for name, aggregation in ends(PRICES[query.filters.basis]).items():
            asked[name] = ("price", aggregation)
        taking_part = Limits(primitives, query).taking_part
        modes = {mode: taking_part(mode) for mode in MODES}
        asked["participation"] = ("participation", {"filters": {"filters": modes}})
    if query.count_facts:
        limited = limited_facts(query)
        rest = [code for code in query.count_facts if code not in limited]
        if rest:
            asked["facts"] = ("", labels(rest, shard_size=2 * MAX_LABELS))
        for code in limited:
            asked[f"facts:{code}"] = (of_fact(code), labels([code], shard_size=2 * MAX_LABELS))
        for name, basis in BASES.items():
            asked[name] = ("", {"value_count": {"field": PRICES[basis]}})
    return {name: _within(aggregation, limits, without) for name, (without, aggregation) in asked.items()}


def after_counting(limits: list[Limitation]) -> dict[str, Any]:
    """What results must meet beyond what is counted."""
    return _bool(limits)


def facets(query: EngineQuery, answer: dict[str, Any]) -> Facets:
    own = {name: counts.get("own", counts) for name, counts in answer.items()}
    shown: dict[str, Any] = {}
    if query.with_facets:
        shown = told(
            query,
            {name: own[name]["buckets"] for name in FIELDS},
            own["low"]["value"],
            own["high"]["value"],
        )
        modes = {mode: bucket["doc_count"] for mode, bucket in own["participation"]["buckets"].items()}
        shown["participation"] = participation(query, modes)
    if query.count_facts:
        buckets = [each for name in own if name.startswith("facts") for each in own[name]["buckets"]]
        shown["facts"] = facts(query, {readable(each["key"]): each["doc_count"] for each in buckets})
        shown["bases"] = bases({name: own[name]["value"] for name in BASES})
    return Facets(**shown)


def _within(aggregation: dict[str, Any], limits: list[Limitation], without: str) -> dict[str, Any]:
    others = [limit for limit in limits if limit.name != without]
    return {"filter": _bool(others), "aggs": {"own": aggregation}} if others else aggregation


def _bool(limits: list[Limitation]) -> dict[str, Any]:
    must = [limit.query for limit in limits if limit.must]
    must_not = [limit.query for limit in limits if not limit.must]
    return {"bool": {"filter": must, "must_not": must_not}}
