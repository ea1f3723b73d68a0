"""The search itself: a reading of the words after another, until one is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import structlog

from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.rules import NO_RULES
from core.text.heads import heads
from search import fallback, metrics, ranking
from search.curation.matching import NO_STOPS
from search.curation.placing import buried
from search.engines import get_engine
from search.engines.base import EngineAnswer, EngineQuery, Filters, SearchEngine
from search.errors import EngineUnavailable
from search.ladder import Ladder, Reading
from search.query import (
    MAX_PAGE_SIZE,
    Alternative,
    EngineName,
    Facets,
    Hit,
    SearchQuery,
    SearchResults,
    Sort,
    Step,
    StepCode,
    Why,
)
from search.services.alternatives import ALTERNATIVES_BELOW, alternatives_to, described
from search.services.limits import filters_of
from search.services.placed import rules_for, with_pins
from search.services.ranked import MIN_STRONG, Ranker, hit_of
from search.standings import NONE, Standings, known_standings
from search.synonyms import NO_SYNONYMS
from search.tuning.current import SHIPPED, Tuning, known_tuning

SIMILAR_BELOW = 10  # cards: with fewer, what has only some of the words is shown, too
MOST_SIMILAR = 12
LOOKED_AT_FOR_SIMILAR = 100

log = structlog.get_logger(__name__)


@metrics.measured
def search(
    query: SearchQuery,
    *,
    engine: SearchEngine | None = None,
    hidden_vendors: frozenset[int] | None = None,
    tuning: Tuning | None = None,
) -> SearchResults:
    """Answers a query. Never raises for what people type; without a working index the database answers.

    `engine` and `hidden_vendors` (vendors not to show) are given only for an index that is not the site's own; nothing
    is past its days there, and it is ranked as shipped. `tuning` is what to go by instead of what operators have live.
    """
    query = replace(
        query,
        page=max(1, query.page),
        page_size=min(max(1, query.page_size), MAX_PAGE_SIZE),
        words=query.words.strip(),
    )
    ours = hidden_vendors is None
    try:
        results = _Search(
            engine or get_engine(),
            query,
            filters_of(query, hidden_vendors),
            tuning=tuning or (known_tuning() if ours else SHIPPED),
            standings=known_standings() if ours else NONE,
            rules=known_rules if ours else None,
        ).run()
    except EngineUnavailable as error:
        log.warning("search.from_database", reason=error.code)
        return fallback.search(query)
    if ours and results.alternatives:
        return replace(results, alternatives=described(results.alternatives))
    return results


class _Search:
    def __init__(
        self,
        engine: SearchEngine,
        query: SearchQuery,
        filters: Filters,
        *,
        tuning: Tuning,
        standings: Standings,
        rules: Callable[[], TreeRules] | None,
    ) -> None:
        self.engine = engine
        self.rules = rules
        self.rank = Ranker(tuning.secondary, standings, time.time())
        self.now = time.time()
        self.synonyms = NO_SYNONYMS if query.exact else tuning.synonyms
        self.stops = NO_STOPS if query.exact else tuning.stops
        self.placements = tuning.placements
        self.name = cast("EngineName", engine.name)
        self.query = query
        self.filters = filters
        offset = (query.page - 1) * query.page_size
        deepest = engine.capabilities.deepest
        self.offset = offset if deepest is None else min(offset, deepest)

    def run(self) -> SearchResults:
        if not self.query.words:
            sort = Sort.NEWEST if self.query.sort is Sort.RELEVANCE else self.query.sort
            return self._plain(EngineQuery(filters=self.filters, sort=sort), category=self.query.category_id)
        shared_a_word = False
        ladder = Ladder(self.engine, self.query.words, self.synonyms, self.stops, self.query.language)
        readings = ladder.readings(exact=self.query.exact)
        stepping = metrics.each_step("analysis", readings)
        for reading in stepping:
            results, found_some = self._try(reading)
            if results is not None:
                return replace(results, similar=self._similar(reading, results, stepping))
            shared_a_word = shared_a_word or found_some
        return self._pinned_alone() or self._nothing(shared_a_word)

    def _pinned_alone(self) -> SearchResults | None:
        """Nothing answers the words, but operators said what does."""
        rules = rules_for(self.placements, self.query, None, self.now)
        placed, added = with_pins([], rules, self.filters, self._ask, self.rank)
        if not added:
            return None
        cards = tuple(hit_of(members[0], others=len(members) - 1) for _group, members in placed)
        hits = cards[self.offset : self.offset + self.query.page_size]
        return replace(self._nothing(shared_a_word=False), total=len(cards), hits=hits, steps=())

    def _try(self, reading: Reading) -> tuple[SearchResults | None, bool]:
        """The answer of one reading, None if it is not relevant; and whether it found anything at all."""
        asked = self._asked(reading, self.filters)
        answer = self._ask(
            replace(
                asked,
                limit=ranking.DEPTH,
                sort=Sort.RELEVANCE,
                with_facets=self.query.with_facets and self.query.sort is Sort.RELEVANCE,
            )
        )
        ranked = meaning = self.rank(reading, answer.candidates)
        if not self._is_relevant(reading, asked, ranked):
            if answer.total or not self.filters.are_set:
                return None, bool(answer.total)
            # Limits may hide what the words do mean: then the words are right, and nothing is within them.
            asked_wide = self._asked(reading, self.filters.open())
            wide = self._ask(replace(asked_wide, limit=ranking.DEPTH, sort=Sort.RELEVANCE, with_facets=False))
            meaning = self.rank(reading, wide.candidates)
            if not self._is_relevant(reading, asked_wide, meaning):
                return None, bool(wide.total)
        meant = ranking.meant_category(meaning)
        category = self.query.category_id or meant
        if self.query.sort is Sort.RELEVANCE:
            facets = self._with_attributes(answer.facets, asked, category)
            found = self._ranked(reading, asked, ranked, answer.total, facets)
        else:
            found = self._plain(asked, reading, category=category)
        return replace(found, meant_category=meant), True

    def _similar(
        self, reading: Reading, results: SearchResults, further: Iterator[Reading]
    ) -> tuple[Hit, ...]:
        """Beside few hits: what the wider readings of the same words find, a card a product. An article is that article
        alone.
        """
        if not self.query.with_facets:
            return ()
        few = results.total - results.collapsed < SIMILAR_BELOW
        if not few or self.query.page > 1 or self.query.sort is not Sort.RELEVANCE or reading.groups:
            return ()
        if any(Why.CODE in hit.why for hit in results.hits):
            return ()
        shown = {hit.group_id for hit in results.hits}
        similar: list[Hit] = []
        for wider in further:
            if wider.text != reading.text:
                continue
            asked = replace(self._asked(wider, self.filters), limit=LOOKED_AT_FOR_SIMILAR, with_facets=False)
            ranked = self.rank(wider, self._ask(asked).candidates)
            if self._is_relevant(wider, asked, ranked):
                for each in ranked:
                    if each.candidate.group not in shown:
                        shown.add(each.candidate.group)
                        similar.append(hit_of(each))
            if len(similar) >= MOST_SIMILAR:
                break
        return tuple(similar[:MOST_SIMILAR])

    def _is_relevant(self, reading: Reading, asked: EngineQuery, ranked: Sequence[ranking.Ranked]) -> bool:
        """Somebody sells it: enough of the words name a good, or a description tells all of them. That some
        attribute («shares to YouTube») has them is no answer.
        """
        if reading.groups and heads(reading.text).own and not any(Why.NAMED in each.why for each in ranked):
            # Words that a query lacks may be let go; what it names may not: cleaner for a toilet is no toilet.
            return False
        if any(each.strong >= MIN_STRONG for each in ranked):
            return True
        if not ranked or reading.groups:
            return False
        told = replace(asked, told=True, limit=1, sort=Sort.RELEVANCE, with_facets=False)
        return self._ask(told).total > 0

    def _asked(self, reading: Reading, filters: Filters) -> EngineQuery:
        return EngineQuery(
            words=reading.words,
            groups=reading.groups,
            code=reading.code,
            filters=filters,
            sort=self.query.sort,
        )

    def _ask(self, asked: EngineQuery) -> EngineAnswer:
        with metrics.stage("engine"):
            return self.engine.search(asked)

    def _attributes(self, category: int | None) -> tuple[str, ...]:
        """Of what attributes the values are counted: those of the category, and those that are limited."""
        if not self.query.with_facets:
            return ()
        limited = [each.code for each in self.filters.facts]
        own = self.rules().of(category) if self.rules and category is not None else NO_RULES
        shown = (each.code for each in own.attributes if each.code not in own.not_facets)
        return tuple(dict.fromkeys((*shown, *limited)))

    def _with_attributes(self, facets: Facets, asked: EngineQuery, category: int | None) -> Facets:
        """Which category is meant is known only when the rest is counted."""
        codes = self._attributes(category)
        if not codes:
            return facets
        told = self._ask(replace(asked, limit=0, with_facets=False, count_facts=codes)).facets
        return replace(facets, facts=told.facts, bases=told.bases, facts_of=category)

    def _plain(
        self, asked: EngineQuery, reading: Reading | None = None, *, category: int | None = None
    ) -> SearchResults:
        """The engine's order as it is: by price, by age, or without words."""
        codes = self._attributes(category)
        answer = self._ask(
            replace(
                asked,
                offset=self.offset,
                limit=self.query.page_size,
                with_facets=self.query.with_facets,
                count_facts=codes,
            )
        )
        facets = replace(answer.facets, facts_of=category) if codes else answer.facets
        why = {each.candidate.id: each for each in self.rank(reading, answer.candidates, is_page=True)}
        hits = tuple(hit_of(why[each.id]) for each in answer.candidates)
        return self._results(reading, answer.total, hits, facets)

    def _ranked(
        self,
        reading: Reading,
        asked: EngineQuery,
        ranked: list[ranking.Ranked],
        total: int,
        facets: Facets,
    ) -> SearchResults:
        """One hit a group among the first candidates, best offer of the group, with what operators pin and bury; then the
        engine's order.
        """
        rules = rules_for(self.placements, self.query, reading, self.now)
        groups: dict[int, list[ranking.Ranked]] = {}
        for each in buried(ranked, rules):
            groups.setdefault(each.candidate.group, []).append(each)
        collapsed = len(ranked) - len(groups)
        placed, added = with_pins(list(groups.items()), rules, self.filters, self._ask, self.rank)
        cards = [hit_of(members[0], others=len(members) - 1) for _group, members in placed]
        end = self.offset + self.query.page_size
        hits = cards[self.offset : end]
        if len(hits) < self.query.page_size and total > len(ranked):
            start = max(self.offset, len(cards)) + collapsed - added
            deeper = self._ask(
                replace(
                    asked,
                    offset=start,
                    limit=self.query.page_size - len(hits),
                    with_facets=False,
                )
            )
            known = {card.group_id for card in cards} if added else set()
            further = self.rank(reading, deeper.candidates, is_page=True)
            hits += [hit_of(each) for each in further if each.candidate.group not in known]
        beside = bool(ranked) and not any(each.is_named for each in ranked)
        # Of more than were looked at, a pinned one may be among them.
        total += added if total <= len(ranked) else 0
        return self._results(reading, total, tuple(hits), facets, collapsed=collapsed, only_beside=beside)

    def _results(
        self,
        reading: Reading | None,
        total: int,
        hits: tuple[Hit, ...],
        facets: Facets,
        *,
        collapsed: int = 0,
        only_beside: bool = False,
    ) -> SearchResults:
        """`only_beside`: what was found is only for the good that the words name; staples, where staplers cost more than
        the ceiling.
        """
        alternatives: tuple[Alternative, ...] = ()
        if reading is not None and self.query.page == 1 and (total < ALTERNATIVES_BELOW or only_beside):
            alternatives = alternatives_to(
                self._asked(reading, self.filters), reading, self._ask, self.rank, named=only_beside
            )
        return SearchResults(
            total=total,
            hits=hits,
            facets=facets,
            steps=reading.steps if reading else (),
            alternatives=alternatives,
            page=self.query.page,
            page_size=self.query.page_size,
            words=reading.text if reading else self.query.words,
            engine=self.name,
            collapsed=collapsed,
        )

    def _nothing(self, shared_a_word: bool) -> SearchResults:
        steps = (Step(StepCode.NOTHING, {"shares_words": "1" if shared_a_word else ""}),)
        return SearchResults(
            total=0,
            hits=(),
            facets=Facets(),
            steps=steps,
            alternatives=(),
            page=self.query.page,
            page_size=self.query.page_size,
            words=self.query.words,
            engine=self.name,
        )
