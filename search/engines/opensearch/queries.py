"""The primitives of queries in OpenSearch's query language, built from terms: no text is parsed as a query."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from search.engines.labels import figures, sortable
from search.engines.opensearch.statistics import TermStatistics
from search.engines.queries import inverse_frequency

_BM25_FACTOR = 2.2  # k1 + 1, which Lucene leaves out: it changes no order within one field, but between them
#: As nodes are set up (indices.query.bool.max_clause_count). Asked beyond it, a node answers that it is broken, and
#: some such questions would have us take it for down. The longest real ones, 24 words, have some 500.
MOST_CLAUSES = 1024


class OpenSearchPrimitives:
    """With frequencies asked beforehand for all terms of the query."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def documents(self) -> int:
        return self._statistics.documents

    def counts(self, term: str) -> Mapping[str, int]:
        return self._statistics.counts[term]

    def bm25(self, field: str, term: str, rarity: float) -> Any:
        own = inverse_frequency(self._statistics.fields[field], self._statistics.counts[term][field])
        return {"term": {field: {"value": term, "boost": _BM25_FACTOR * rarity / own}}}

    def constant(self, field: str, value: str, score: float) -> Any:
        return {"constant_score": {"filter": {"term": {field: value}}, "boost": score}}

    def best(self, options: Sequence[Any]) -> Any:
        return {"dis_max": {"queries": list(options)}}

    def boosted(self, query: Any, factor: float) -> Any:
        return {"bool": {"must": [query], "boost": factor}}

    def joined(
        self,
        *,
        scored: Sequence[Any] = (),
        needed: Sequence[Any] = (),
        excluded: Sequence[Any] = (),
        optional: Sequence[Any] = (),
    ) -> Any:
        parts = {
            "must": list(scored),
            "filter": list(needed),
            "must_not": list(excluded),
            "should": list(optional),
        }
        if optional and not scored and not needed:
            parts["filter"] = [{"match_all": {}}]  # else one of the optional ones would be needed
        return {"bool": {name: queries for name, queries in parts.items() if queries}}

    def has(self, field: str, values: Collection[Any]) -> Any:
        ordered = sorted(sortable(each) for each in values) if field == "facts" else sorted(values)
        return {"term": {field: ordered[0]}} if len(ordered) == 1 else {"terms": {field: ordered}}

    def between(self, field: str, low: int, high: int) -> Any:
        return {"match_none": {}} if high < low else {"range": {field: {"gte": low, "lte": high}}}

    def labelled(self, code: str, low: float | None = None, high: float | None = None) -> Any:
        if low is None and high is None:
            return {"prefix": {"facts": f"{code}="}}
        least = figures(-math.inf if low is None else low)
        most = figures(math.inf if high is None else high)
        return {"range": {"facts": {"gte": f"{code}={least}", "lte": f"{code}={most}"}}}

    def at_least(self, count: int, options: Sequence[Any]) -> Any:
        if count == 1 and len(options) == 1:
            return options[0]
        return {"bool": {"should": list(options), "minimum_should_match": count}}


def clauses(query: Any) -> int:
    """Of a query as the primitives make it: its terms, ranges and lists of values."""
    ((kind, inside),) = query.items()
    match kind:
        case "bool":
            lists = (inside.get(name, ()) for name in ("must", "filter", "must_not", "should"))
            return sum(clauses(each) for queries in lists for each in queries)
        case "dis_max":
            return sum(clauses(each) for each in inside["queries"])
        case "constant_score":
            return clauses(inside["filter"])
    return 1
