"""Engine queries as tantivy queries, built from terms: ordinary text is never parsed as a query language."""

from __future__ import annotations

import math
from typing import Any

from tantivy import FieldType, Occur, Query

from search.engines.base import EngineQuery, Filters, QueryWord
from search.fields import NO_PRICE, WORD_FIELDS
from search.query import Limit
from search.ranking import CODE_SCORE

# What a word is worth where it stands, times its rarity in the whole catalog. Title and description score by
# BM25; brand and kind are
# short lists, attributes say little, so those are constants. Found on graded queries.
TAGS = 0.9
ATTRIBUTES = 0.15
WEAKER = 0.4


_TOLD = ("title_words", "tag_words", "description_words")


class Builder:
    """Queries over one schema; with a searcher's frequencies."""

    def __init__(self, schema: Any, searcher: Any) -> None:
        self.schema = schema
        self.searcher = searcher

    def found(self, query: EngineQuery, *, without: str = "") -> Any:
        """What is counted and shown. `without` names the one limit to leave out (for its own facet)."""
        must: list[tuple[Any, Any]] = [
            (Occur.Must, each) for each in self.filters(query.filters, without=without, missed=query.missed)
        ]
        must_not = [
            (Occur.MustNot, each)
            for each in self._exclusions(query.filters, without=without, missed=query.missed)
        ]
        words = self.words(query)
        if query.told:
            must.extend((Occur.Must, self._told(word)) for word in query.words)
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
        options.extend(Query.boost_query(self._scored(term), WEAKER) for term in word.weaker)
        if word.parts:
            whole = [(Occur.Must, self.word(QueryWord(word.text, terms))) for terms in word.parts]
            options.append(Query.boost_query(Query.boolean_query(whole), 0.6))
        return options[0] if len(options) == 1 else Query.disjunction_max_query(options, 0.0)

    def _told(self, word: QueryWord) -> Any:
        options = [self._any(field, {*word.terms, *word.weaker}) for field in _TOLD]
        if word.parts:
            whole = [
                (Occur.Must, Query.disjunction_max_query([self._any(field, terms) for field in _TOLD], 0.0))
                for terms in word.parts
            ]
            options.append(Query.boolean_query(whole))
        return Query.const_score_query(Query.disjunction_max_query(options, 0.0), 0.0)

    def _scored(self, term: str) -> Any:
        """In the best of its places. A term is as rare in every field as it is in the whole catalog: by its
        rarity in one field, a word that descriptions seldom use would make them worth more than titles.
        """
        counts = self.counts(term)
        rarity = self._rarity(max(counts.values()))
        options = [
            Query.const_score_query(self._term("tag_words", term), TAGS * rarity),
            Query.const_score_query(self._term("attribute_words", term), ATTRIBUTES * rarity),
        ]
        for field in ("title_words", "description_words"):
            own = self._rarity(counts[field])
            options.append(Query.boost_query(self._term(field, term, "freq"), rarity / own))
        return Query.disjunction_max_query(options, 0.0)

    def counts(self, term: str) -> dict[str, int]:
        """Documents that have the term, by field. The largest stands for all: fields mostly repeat each other."""
        return {field: self.searcher.doc_freq(field, term) for field in WORD_FIELDS}

    def _rarity(self, count: int) -> float:
        """Inverse document frequency, as BM25 has it."""
        total = max(self.searcher.num_docs, count)
        return math.log(1 + (total - count + 0.5) / (count + 0.5))

    def filters(self, filters: Filters, *, without: str = "", missed: Limit | None = None) -> list[Any]:
        """What must hold. `missed` turns one limit round; what then must not hold is in `_exclusions`."""
        out: list[Any] = []
        low, high = filters.min_price, filters.max_price
        if without != "price" and (low is not None or high is not None):
            if missed is Limit.MAX_PRICE and high is not None:
                low, high = high + 1, None
            elif missed is Limit.MIN_PRICE and low is not None:
                low, high = 0, low - 1
            out.append(self._range("price", low or 0, NO_PRICE - 1 if high is None else high))
        if filters.vendors_in and without != "vendor" and missed is not Limit.VENDORS_IN:
            out.append(self._any("vendor", filters.vendors_in))
        if filters.vendors_out and missed is Limit.VENDORS_OUT:
            out.append(self._any("vendor", filters.vendors_out))
        for name, field, values, limit in self._choices(filters):
            if values and name != without and missed is not limit:
                out.append(self._any(field, values))
        return out

    def _choices(self, filters: Filters) -> tuple[tuple[str, str, frozenset[Any], Limit], ...]:
        category = frozenset() if filters.category is None else frozenset([filters.category])
        return (
            ("category", "categories", category, Limit.CATEGORY),
            ("availability", "availability", filters.availability, Limit.AVAILABILITY),
            ("brand", "brand", filters.brands, Limit.BRAND),
        )

    def _exclusions(self, filters: Filters, *, without: str, missed: Limit | None) -> list[Any]:
        excluded = set(filters.hidden_vendors)
        if without != "vendor" and missed is not Limit.VENDORS_OUT:
            excluded |= filters.vendors_out
        if missed is Limit.VENDORS_IN:
            excluded |= filters.vendors_in
        out = [self._any("vendor", excluded)] if excluded else []
        out.extend(
            self._any(field, values)
            for _, field, values, limit in self._choices(filters)
            if values and missed is limit
        )
        return out

    def equals(self, field: str, value: int) -> Any:
        return self._range(field, value, value)

    def ids(self, ids: list[int]) -> Any:
        return Query.term_set_query(self.schema, "id", ids)

    def above(self, field: str, value: int) -> Any:
        query = Query.range_query(self.schema, field, FieldType.Unsigned, value, None, include_lower=False)
        return Query.const_score_query(query, 0.0)

    def tombstones(self, ids: list[int]) -> Any:
        """Those of `ids` that are dead."""
        dead = Query.term_query(self.schema, "alive", 0)
        return Query.boolean_query([(Occur.Must, self.ids(ids)), (Occur.Must, dead)])

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
