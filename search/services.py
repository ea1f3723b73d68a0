"""Searching as the site does it, and keeping the index: the one way in for pages, commands and other rooms."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone

from catalog.freshness import known_expired_offers
from core.rates import current_rates
from search import fallback, metrics, ranking
from search.engines import get_engine
from search.engines.base import Candidate, EngineAnswer, EngineQuery, Filters, SearchEngine
from search.errors import EngineUnavailable
from search.indexing import index_facts, index_status, rebuild_index
from search.ladder import Ladder, Reading
from search.models import QueryLog
from search.query import (
    MAX_PAGE_SIZE,
    Alternative,
    EngineName,
    Facets,
    Hit,
    Limit,
    SearchQuery,
    SearchResults,
    Sort,
    Step,
    StepCode,
    Why,
)
from search.selectors import hidden_vendor_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.money import Money

__all__ = ["index_facts", "index_status", "rebuild_index", "record_search", "search"]

log = structlog.get_logger(__name__)

#: Of a query's information, how much must stand in a hit's title, brand, kind or codes for the query to count
#: as answered: a word that only a long description mentions answers nothing.
MIN_STRONG = 0.5
ALTERNATIVES_BELOW = 6  # fewer hits than that: what misses one limit is looked for, too
ALTERNATIVES_PER_LIMIT = 3
_PERSONAL = re.compile(r"@|\d(?:[\s()-]*\d){8,}")


@metrics.measured
def search(
    query: SearchQuery,
    *,
    engine: SearchEngine | None = None,
    hidden_vendors: frozenset[int] | None = None,
) -> SearchResults:
    """Answers a query. Never raises for what people type; without a working index the database answers.

    `engine` and `hidden_vendors` (vendors not to show) are given only for an index that is not the site's own; nothing
    is past its days there.
    """
    query = replace(
        query,
        page=max(1, query.page),
        page_size=min(max(1, query.page_size), MAX_PAGE_SIZE),
        words=query.words.strip(),
    )
    try:
        return _Search(engine or get_engine(), query, _filters(query, hidden_vendors)).run()
    except EngineUnavailable as error:
        log.warning("search.from_database", reason=error.code)
        return fallback.search(query)


def record_search(*, query: SearchQuery, results: SearchResults) -> None:
    """Notes what was searched and how it went; nothing that looks like an address or a telephone number.

    A database that takes no more rows (its disk is full) costs the note, not the page that was asked for.
    """
    words = " ".join(query.words.split())[:200]
    if not words or query.page > 1 or _PERSONAL.search(words):
        return
    try:
        with transaction.atomic():
            QueryLog.objects.create(
                words=words,
                language=query.language[:2],
                total=results.total,
                relaxed=any(step.code is not StepCode.AS_TYPED for step in results.steps),
                has_ceiling=query.max_price is not None,
            )
    except OperationalError as error:
        log.warning("search.not_noted", error=str(error))


def _filters(query: SearchQuery, hidden_vendors: frozenset[int] | None) -> Filters:
    return Filters(
        min_price=_base_price(query.min_price),
        max_price=_base_price(query.max_price),
        vendors_in=query.vendors_in,
        vendors_out=query.vendors_out,
        hidden_vendors=hidden_vendor_ids() if hidden_vendors is None else hidden_vendors,
        expired=known_expired_offers() if hidden_vendors is None else (),
        category=query.category_id,
        availability=query.availability,
        brands=query.brands,
    )


def _base_price(money: Money | None) -> int | None:
    """A limit in 1/10,000 of the base currency; without a rate it cannot be compared and does not apply."""
    if money is None:
        return None
    base = current_rates().to_base(money)
    return None if base is None else base.to_price()


class _Search:
    def __init__(self, engine: SearchEngine, query: SearchQuery, filters: Filters) -> None:
        self.engine = engine
        self.name = cast("EngineName", engine.name)
        self.query = query
        self.filters = filters
        offset = (query.page - 1) * query.page_size
        deepest = engine.capabilities.deepest
        self.offset = offset if deepest is None else min(offset, deepest)

    def run(self) -> SearchResults:
        if not self.query.words:
            sort = Sort.NEWEST if self.query.sort is Sort.RELEVANCE else self.query.sort
            return self._plain(EngineQuery(filters=self.filters, sort=sort))
        shared_a_word = False
        readings = Ladder(self.engine, self.query.words).readings(exact=self.query.exact)
        for reading in metrics.each_step("analysis", readings):
            results, found_some = self._try(reading)
            if results is not None:
                return results
            shared_a_word = shared_a_word or found_some
        return self._nothing(shared_a_word)

    def _try(self, reading: Reading) -> tuple[SearchResults | None, bool]:
        """The answer of one reading, None if it is not relevant; and whether it found anything at all."""
        asked = self._asked(reading, self.filters)
        answer = self._ask(
            replace(
                asked, limit=ranking.DEPTH, sort=Sort.RELEVANCE, with_facets=self.query.sort is Sort.RELEVANCE
            )
        )
        ranked = _rank(reading, answer.candidates)
        if not self._is_relevant(reading, asked, ranked):
            if answer.total or not self._has_limits():
                return None, bool(answer.total)
            # Limits may hide what the words do mean: then the words are right, and nothing is within them.
            open_filters = Filters(hidden_vendors=self.filters.hidden_vendors, expired=self.filters.expired)
            asked_wide = self._asked(reading, open_filters)
            wide = self._ask(replace(asked_wide, limit=ranking.DEPTH, sort=Sort.RELEVANCE, with_facets=False))
            ranked_wide = _rank(reading, wide.candidates)
            if not self._is_relevant(reading, asked_wide, ranked_wide):
                return None, bool(wide.total)
        if self.query.sort is not Sort.RELEVANCE:
            return self._plain(asked, reading), True
        return self._ranked(reading, asked, ranked, answer.total, answer.facets), True

    def _is_relevant(self, reading: Reading, asked: EngineQuery, ranked: Sequence[ranking.Ranked]) -> bool:
        """Somebody sells it: enough of the words name a good, or a description tells all of them. That some
        attribute («shares to YouTube») has them is no answer.
        """
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

    def _has_limits(self) -> bool:
        return replace(self.filters, hidden_vendors=frozenset(), expired=()) != Filters()

    def _plain(self, asked: EngineQuery, reading: Reading | None = None) -> SearchResults:
        """The engine's order as it is: by price, by age, or without words."""
        answer = self._ask(replace(asked, offset=self.offset, limit=self.query.page_size))
        why = {each.candidate.id: each for each in _rank(reading, answer.candidates)}
        hits = tuple(_hit(why[each.id]) for each in answer.candidates)
        return self._results(reading, answer.total, hits, answer.facets)

    def _ranked(
        self,
        reading: Reading,
        asked: EngineQuery,
        ranked: list[ranking.Ranked],
        total: int,
        facets: Facets,
    ) -> SearchResults:
        """One hit a group among the first candidates, best offer of the group; then the engine's order."""
        groups: dict[int, list[ranking.Ranked]] = {}
        for each in ranked:
            groups.setdefault(each.candidate.group, []).append(each)
        cards = [_hit(members[0], others=len(members) - 1) for members in groups.values()]
        collapsed = len(ranked) - len(cards)
        end = self.offset + self.query.page_size
        hits = cards[self.offset : end]
        if len(hits) < self.query.page_size and total > len(ranked):
            start = max(self.offset, len(cards)) + collapsed
            deeper = self._ask(
                replace(
                    asked,
                    offset=start,
                    limit=self.query.page_size - len(hits),
                    with_facets=False,
                )
            )
            hits += [_hit(each) for each in _rank(reading, deeper.candidates)]
        return self._results(reading, total, tuple(hits), facets, collapsed=collapsed)

    def _results(
        self,
        reading: Reading | None,
        total: int,
        hits: tuple[Hit, ...],
        facets: Facets,
        *,
        collapsed: int = 0,
    ) -> SearchResults:
        alternatives: tuple[Alternative, ...] = ()
        if reading is not None and self.query.page == 1 and total < ALTERNATIVES_BELOW:
            alternatives = self._alternatives(reading)
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

    def _alternatives(self, reading: Reading) -> tuple[Alternative, ...]:
        """Relevant offers that miss exactly one of the limits that were set."""
        limits = {
            Limit.MAX_PRICE: self.filters.max_price is not None,
            Limit.MIN_PRICE: self.filters.min_price is not None,
            Limit.VENDORS_IN: bool(self.filters.vendors_in),
            Limit.VENDORS_OUT: bool(self.filters.vendors_out),
            Limit.CATEGORY: self.filters.category is not None,
            Limit.AVAILABILITY: bool(self.filters.availability),
            Limit.BRAND: bool(self.filters.brands),
        }
        out: list[Alternative] = []
        for limit in (limit for limit, is_set in limits.items() if is_set):
            asked = replace(
                self._asked(reading, self.filters),
                missed=limit,
                limit=50,
                with_facets=False,
                sort={Limit.MAX_PRICE: Sort.PRICE_ASC, Limit.MIN_PRICE: Sort.PRICE_DESC}.get(
                    limit, Sort.RELEVANCE
                ),
            )
            ranked = _rank(reading, self._ask(asked).candidates)
            near = [each for each in ranked if each.strong >= MIN_STRONG]
            if limit in {Limit.MAX_PRICE, Limit.MIN_PRICE}:
                near.sort(key=lambda each: (self._distance(each.candidate, limit), each.candidate.id))
            out.extend(
                Alternative(_hit(each), limit, self._distance(each.candidate, limit) or None)
                for each in near[:ALTERNATIVES_PER_LIMIT]
            )
        return tuple(out)

    def _distance(self, candidate: Candidate, limit: Limit) -> int:
        if candidate.price is None:
            return 0
        if limit is Limit.MAX_PRICE and self.filters.max_price is not None:
            return candidate.price - self.filters.max_price
        if limit is Limit.MIN_PRICE and self.filters.min_price is not None:
            return self.filters.min_price - candidate.price
        return 0

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


#: What a step of the ladder says of every hit that it led to.
_BY_STEP = {
    StepCode.LAYOUT: Why.CORRECTED,
    StepCode.TRANSLITERATED: Why.CORRECTED,
    StepCode.SPELLING: Why.CORRECTED,
    StepCode.SYNONYMS: Why.OTHER_WORDS,
}
#: These lead in `Hit.why`; how the words were read comes next.
_LEADING = frozenset([Why.CODE, Why.ALL_WORDS, Why.SOME_WORDS])


@metrics.stage("ranking")
def _rank(reading: Reading | None, candidates: Sequence[Candidate]) -> list[ranking.Ranked]:
    """Ranked candidates of a reading (None: nothing was asked by words), with the reading's own reason."""
    if reading is None:
        return ranking.rank((), candidates)
    ranked = ranking.rank(reading.words, candidates, code=reading.code, partial=bool(reading.groups))
    led = tuple(dict.fromkeys(_BY_STEP[step.code] for step in reading.steps if step.code in _BY_STEP))
    if not led:
        return ranked
    return [replace(each, why=_with(each.why, led)) for each in ranked]


def _with(why: tuple[Why, ...], led: tuple[Why, ...]) -> tuple[Why, ...]:
    first = tuple(each for each in why if each in _LEADING)
    return (*first, *led, *why[len(first) :])


def _hit(ranked: ranking.Ranked, *, others: int = 0) -> Hit:
    candidate = ranked.candidate
    return Hit(candidate.id, candidate.group, ranked.score, candidate.price, ranked.why, others)


def forget_old_searches(*, keep: timedelta = timedelta(days=180)) -> int:
    """Deletes what was searched long ago, in parts that leave room for others; returns how much."""
    old = QueryLog.objects.filter(searched_at__lt=timezone.now() - keep).order_by("searched_at")
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:5_000]):
        deleted += QueryLog.objects.filter(pk__in=ids).delete()[0]
    return deleted
