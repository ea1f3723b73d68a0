"""What every engine is asked: an EngineQuery taken apart into few primitives, which each engine supplies in its own
query language. So all engines ask, and score, the same.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from search.engines.base import EngineQuery, QueryWord
from search.engines.limits import Limitation, Limits
from search.fields import WORD_FIELDS
from search.ranking import CODE_SCORE

# What a word is worth where it stands, times its rarity in the whole catalog. Title and description score by
# BM25; brand and kind are short lists, attributes say little, so those are constants. Found on graded queries.
TAGS = 0.9
ATTRIBUTES = 0.15
WEAKER = 0.4
PARTS = 0.6

_TOLD = ("title_words", "tag_words", "description_words")


class Primitives(Protocol):
    """One engine's building blocks. Unscored ones add nothing to a document's score."""

    def documents(self) -> int:
        """How many documents there are."""
        ...

    def counts(self, term: str) -> Mapping[str, int]:
        """Documents that have the term, by word field."""
        ...

    def bm25(self, field: str, term: str, rarity: float) -> Any:
        """Scored by BM25 (k1 1.2, b 0.75, times k1 + 1) with `rarity` in place of the field's own."""
        ...

    def constant(self, field: str, value: str, score: float) -> Any: ...

    def best(self, options: Sequence[Any]) -> Any:
        """Scored as the best of the options."""
        ...

    def boosted(self, query: Any, factor: float) -> Any: ...

    def joined(
        self,
        *,
        scored: Sequence[Any] = (),
        needed: Sequence[Any] = (),
        excluded: Sequence[Any] = (),
        optional: Sequence[Any] = (),
    ) -> Any:
        """All of `scored` and `needed`, none of `excluded`; `scored` and `optional` add up to the score."""
        ...

    def has(self, field: str, values: Collection[Any]) -> Any:
        """One of the values; unscored."""
        ...

    def between(self, field: str, low: int, high: int) -> Any:
        """Both ends included; nothing where `high` is below `low`; unscored."""
        ...

    def labelled(self, code: str, low: float | None = None, high: float | None = None) -> Any:
        """A label of this attribute, with a number from `low` to `high` where one of them is given; unscored."""
        ...

    def at_least(self, count: int, options: Sequence[Any]) -> Any:
        """Unscored."""
        ...


class QueryBuilder:
    """An EngineQuery in the terms of one engine."""

    def __init__(self, primitives: Primitives) -> None:
        self.engine = primitives

    def found(self, query: EngineQuery, *, without: str = "") -> Any:
        """What is counted and shown. `without` names the one limit to leave out (for its own facet)."""
        kept = [each for each in self.limits(query) if not without or each.name != without]
        return self.within(query, kept)

    def within(self, query: EngineQuery, limits: Iterable[Limitation]) -> Any:
        """What has the query's words within the given limits."""
        needed: list[Any] = []
        excluded: list[Any] = []
        for limit in limits:
            (needed if limit.must else excluded).append(limit.query)
        if query.told:
            needed.extend(self._stands_in(_TOLD, word) for word in query.words)
        words = self.words(query)
        if words is None:
            return self.engine.joined(needed=[*needed, self.alive()], excluded=excluded)
        return self.engine.joined(scored=[words], needed=needed, excluded=excluded)

    def alive(self) -> Any:
        return self.engine.has("alive", [1])

    # Words ------------------------------------------------------------------------------------------------

    def words(self, query: EngineQuery) -> Any | None:
        """The scored part; None where nothing is asked by words."""
        options: list[Any] = []
        if query.words:
            scored = [self.word(word) for word in query.words]
            if query.groups:
                # A document's score is that of all the words it has, whichever group it meets: so groups need
                # only be met, and each word is scored once.
                options.append(self.engine.joined(needed=[self._one_group(query)], optional=scored))
            else:
                options.append(self.engine.joined(scored=scored))
        if query.code:
            options.append(self.engine.constant("codes", query.code, CODE_SCORE))
        if not options:
            return None
        return options[0] if len(options) == 1 else self.engine.best(options)

    def word(self, word: QueryWord) -> Any:
        """One word, scored by the best place that it is found in."""
        options = [self._term(term) for term in word.terms]
        options.extend(self.engine.boosted(self._term(term), WEAKER) for term in word.weaker)
        if word.parts:
            whole = [self.word(QueryWord(word.text, terms)) for terms in word.parts]
            options.append(self.engine.boosted(self.engine.joined(scored=whole), PARTS))
        return options[0] if len(options) == 1 else self.engine.best(options)

    def _term(self, term: str) -> Any:
        """In the best of its places. A term is as rare in every field as it is in the whole catalog: by its
        rarity in one field, a word that descriptions seldom use would make them worth more than titles.
        """
        rarity = inverse_frequency(self.engine.documents(), max(self.engine.counts(term).values()))
        return self.engine.best(
            [
                self.engine.constant("tag_words", term, TAGS * rarity),
                self.engine.constant("attribute_words", term, ATTRIBUTES * rarity),
                self.engine.bm25("title_words", term, rarity),
                self.engine.bm25("description_words", term, rarity),
            ]
        )

    def _stands_in(self, fields: Sequence[str], word: QueryWord) -> Any:
        options = [self.engine.has(field, {*word.terms, *word.weaker}) for field in fields]
        if word.parts:
            whole = [
                self.engine.at_least(1, [self.engine.has(field, terms) for field in fields])
                for terms in word.parts
            ]
            options.append(self.engine.joined(needed=whole))
        return self.engine.at_least(1, options)

    def _one_group(self, query: EngineQuery) -> Any:
        places = {place for group in query.groups for place in group}
        has = {place: self._stands_in(WORD_FIELDS, query.words[place]) for place in places}
        return self._any_group([frozenset(group) for group in query.groups], has)

    def _any_group(self, groups: Sequence[frozenset[int]], has: Mapping[int, Any]) -> Any:
        """One of the groups whole. Written out group by group, 24 words of which any two may lack would be
        276 groups of 22 words, more clauses than engines take; so what groups share is asked once.
        """
        shared = frozenset.intersection(*groups)
        needed = [has[place] for place in sorted(shared)]
        rest = [group - shared for group in groups]
        if all(rest):
            needed.append(self._any_rest(rest, has))
        return needed[0] if len(needed) == 1 else self.engine.joined(needed=needed)

    def _any_rest(self, groups: Sequence[frozenset[int]], has: Mapping[int, Any]) -> Any:
        places = sorted(frozenset.union(*groups))
        size = len(groups[0])
        if all(len(group) == size for group in groups) and len(groups) == math.comb(len(places), size):
            return self.engine.at_least(size, [has[place] for place in places])
        common = max(places, key=lambda place: (sum(place in group for group in groups), -place))
        held = [group - {common} for group in groups if common in group]
        others = [group for group in groups if common not in group]
        whole = [has[common], self._any_group(held, has)] if all(held) else [has[common]]
        return self.engine.at_least(1, [self.engine.joined(needed=whole), self._any_group(others, has)])

    def limits(self, query: EngineQuery) -> list[Limitation]:
        return Limits(self.engine, query).every()


def inverse_frequency(documents: int, count: int) -> float:
    """As BM25 has it."""
    return math.log(1 + (max(documents, count) - count + 0.5) / (count + 0.5))
