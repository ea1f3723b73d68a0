"""Facets in the same request as the results: limits that belong to a facet filter after counting."""

from __future__ import annotations

from typing import Any

from search.engines.base import EngineQuery
from search.engines.facets import FIELDS, PRICE_ENDS, terms, told
from search.engines.queries import Limitation
from search.fields import NO_PRICE
from search.query import Facets

_SEEN_PER_SHARD = 2_000


def counted(limits: list[Limitation]) -> dict[str, Any]:
    """The aggregations: each within the limits of all facets but its own. `limits` are those that belong to one."""
    asked: dict[str, Any] = {name: terms(field, shard_size=_SEEN_PER_SHARD) for name, field in FIELDS.items()}
    asked["price"] = {"filter": {"range": {"price": {"lt": NO_PRICE}}}, "aggs": PRICE_ENDS}
    return {name: _within(aggregation, limits, name) for name, aggregation in asked.items()}


def after_counting(limits: list[Limitation]) -> dict[str, Any]:
    """What results must meet beyond what is counted."""
    return _bool(limits)


def facets(query: EngineQuery, answer: dict[str, Any]) -> Facets:
    own = {name: answer[name].get("own", answer[name]) for name in (*FIELDS, "price")}
    return told(query.filters, {name: own[name]["buckets"] for name in FIELDS}, own["price"])


def _within(aggregation: dict[str, Any], limits: list[Limitation], name: str) -> dict[str, Any]:
    others = [limit for limit in limits if limit.name != name]
    return {"filter": _bool(others), "aggs": {"own": aggregation}} if others else aggregation


def _bool(limits: list[Limitation]) -> dict[str, Any]:
    must = [limit.query for limit in limits if limit.must]
    must_not = [limit.query for limit in limits if not limit.must]
    return {"bool": {"filter": must, "must_not": must_not}}
