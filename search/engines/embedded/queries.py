"""The primitives of queries in tantivy, built from terms: ordinary text is never parsed as a query language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from tantivy import FieldType, Occur, Query

from search.engines.labels import number_of
from search.engines.queries import QueryBuilder, inverse_frequency
from search.fields import WORD_FIELDS


class Builder(QueryBuilder):
    """Queries over one schema; with a searcher's frequencies."""

    def __init__(self, schema: Any, searcher: Any) -> None:
        super().__init__(self)
        self.schema = schema
        self.searcher = searcher

    def documents(self) -> int:
        return int(self.searcher.num_docs)

    def counts(self, term: str) -> dict[str, int]:
        """Documents that have the term, by field. The largest stands for all: fields mostly repeat each other."""
        return {field: self.searcher.doc_freq(field, term) for field in WORD_FIELDS}

    def equals(self, field: str, value: int) -> Any:
        return self.between(field, value, value)

    def ids(self, ids: list[int]) -> Any:
        return Query.term_set_query(self.schema, "id", ids)

    def above(self, field: str, value: int) -> Any:
        return _unscored(
            Query.range_query(self.schema, field, FieldType.Unsigned, value, None, include_lower=False)
        )

    def tombstones(self, ids: list[int]) -> Any:
        """Those of `ids` that are dead."""
        return self.joined(needed=[self.ids(ids), self.has("alive", [0])])

    def bm25(self, field: str, term: str, rarity: float) -> Any:
        own = inverse_frequency(self.documents(), self.searcher.doc_freq(field, term))
        return Query.boost_query(Query.term_query(self.schema, field, term, "freq"), rarity / own)

    def constant(self, field: str, value: str, score: float) -> Any:
        return Query.const_score_query(Query.term_query(self.schema, field, value, "basic"), score)

    def best(self, options: Sequence[Any]) -> Any:
        return Query.disjunction_max_query(list(options), 0.0)

    def boosted(self, query: Any, factor: float) -> Any:
        return Query.boost_query(query, factor)

    def joined(
        self,
        *,
        scored: Sequence[Any] = (),
        needed: Sequence[Any] = (),
        excluded: Sequence[Any] = (),
        optional: Sequence[Any] = (),
    ) -> Any:
        return Query.boolean_query(
            [
                *((Occur.Must, each) for each in needed),
                *((Occur.Must, each) for each in scored),
                *((Occur.Should, each) for each in optional),
                *((Occur.MustNot, each) for each in excluded),
            ]
        )

    def has(self, field: str, values: Collection[Any]) -> Any:
        if not values:
            return Query.empty_query()
        if len(values) == 1:
            (value,) = values
            return _unscored(Query.term_query(self.schema, field, value, "basic"))
        return _unscored(Query.term_set_query(self.schema, field, sorted(values)))

    def between(self, field: str, low: int, high: int) -> Any:
        if high < low:
            return Query.empty_query()
        return _unscored(Query.range_query(self.schema, field, FieldType.Unsigned, low, high))

    def labelled(self, code: str, low: float | None = None, high: float | None = None) -> Any:
        # Ranges of words there are none: the labels that exist are looked through, which are few.
        prefix = f"{code}="
        labels = [label for label, _ in self.searcher.terms_with_prefix("facts", prefix)]
        if low is not None or high is not None:
            numbers = ((label, number_of(label[len(prefix) :])) for label in labels)
            labels = [
                label
                for label, number in numbers
                if number is not None and (low is None or number >= low) and (high is None or number <= high)
            ]
        return self.has("facts", labels) if labels else Query.empty_query()

    def count(self, query: Any) -> int:
        return int(self.searcher.search(_unscored(query), limit=1, count=True).count)

    def told(self, field: str) -> Any:
        """Documents that have a value in a column."""
        return _unscored(Query.exists_query(field))

    def at_least(self, count: int, options: Sequence[Any]) -> Any:
        if count == 1 and len(options) == 1:
            return options[0]
        return _unscored(
            Query.boolean_query([(Occur.Should, each) for each in options], minimum_number_should_match=count)
        )


def _unscored(query: Any) -> Any:
    return Query.const_score_query(query, 0.0)
