"""Engine queries as tantivy queries, built from terms: ordinary text is never parsed as a query language."""

from __future__ import annotations

from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from search.engines.base import EngineQuery, Filters, QueryWord
from search.fields import NO_PRICE

# How much a title counts beside the whole text. The first cut only: the re-ranker sees the best 300.
TITLE = 1.0
CODE_SCORE = 1000.0


class Builder:
    """Queries over one schema."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema

    def found(self, query: EngineQuery, *, without: str = "") -> Any:
        """What is counted and shown. `without` names the one limit to leave out (for its own facet)."""
        must: list[tuple[Any, Any]] = [
            (Occur.Must, each) for each in self.filters(query.filters, without=without)
        ]
        must_not = [(Occur.MustNot, each) for each in self._exclusions(query.filters, without=without)]
        words = self.words(query)
        must.append((Occur.Must, words if words is not None else self.alive()))
        return Query.boolean_query([*must, *must_not])

    def words(self, query: EngineQuery) -> Any | None:
        options: list[Any] = []
        if query.words:
            places = query.groups or (tuple(range(len(query.words))),)
            options.extend(
                self._together([query.words[place] for place in group], query.words) for group in places
            )
        if query.code:
            options.append(Query.const_score_query(self._term("codes", query.code), CODE_SCORE))
        if not options:
            return None
        if len(options) == 1:
            return options[0]
        return Query.disjunction_max_query(options, 0.0)

    def _together(self, needed: list[QueryWord], every: tuple[QueryWord, ...]) -> Any:
        """All of `needed`; the rest of the query's words add to the score where they are."""
        clauses = [(Occur.Must, self.word(word)) for word in needed]
        clauses.extend((Occur.Should, self.word(word)) for word in every if word not in needed)
        return Query.boolean_query(clauses)

    def word(self, word: QueryWord) -> Any:
        """One word, scored by the best place that it is found in."""
        options = [self._scored(term) for term in word.terms]
        if word.parts:
            whole = [
                (Occur.Must, self.word(QueryWord(word.text, terms))) for terms in word.parts
            ]
            options.append(Query.boost_query(Query.boolean_query(whole), 0.6))
        return options[0] if len(options) == 1 else Query.disjunction_max_query(options, 0.0)

    def _scored(self, term: str) -> Any:
        """In any place; a title counts on top of the whole text."""
        return Query.boolean_query(
            [
                (Occur.Must, self._term("all_words", term, "freq")),
                (Occur.Should, Query.boost_query(self._term("title_words", term, "freq"), TITLE)),
            ]
        )

    def filters(self, filters: Filters, *, without: str = "") -> list[Any]:
        out: list[Any] = []
        if without != "price" and (filters.min_price is not None or filters.max_price is not None):
            top = NO_PRICE - 1 if filters.max_price is None else filters.max_price
            out.append(self._range("price", filters.min_price or 0, top))
        if without != "vendor" and filters.vendors_in:
            out.append(self._any("vendor", filters.vendors_in))
        if without != "category" and filters.category is not None:
            out.append(self._any("categories", [filters.category]))
        if without != "availability" and filters.availability:
            out.append(self._any("availability", filters.availability))
        if without != "brand" and filters.brands:
            out.append(self._any("brand", filters.brands))
        return out

    def _exclusions(self, filters: Filters, *, without: str) -> list[Any]:
        excluded = filters.hidden_vendors | (frozenset() if without == "vendor" else filters.vendors_out)
        return [self._any("vendor", excluded)] if excluded else []

    def equals(self, field: str, value: int) -> Any:
        return self._range(field, value, value)

    def ids(self, ids: list[int]) -> Any:
        return Query.term_set_query(self.schema, "id", ids)

    def alive(self) -> Any:
        return Query.const_score_query(Query.term_query(self.schema, "alive", 1), 0.0)

    def _term(self, field: str, value: str, option: str = "basic") -> Any:
        return Query.term_query(self.schema, field, value, option)

    def _any(self, field: str, values: Any) -> Any:
        return Query.const_score_query(Query.term_set_query(self.schema, field, sorted(values)), 0.0)

    def _range(self, field: str, low: int, high: int) -> Any:
        if high < low:
            return Query.empty_query()
        query = Query.range_query(self.schema, field, FieldType.Unsigned, low, high)
        return Query.const_score_query(query, 0.0)
