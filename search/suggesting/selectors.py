"""Suggestions for what has been typed so far: the one read behind the search field."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from catalog.groups import group_number
from catalog.models import Category, Offer
from core import metrics, text
from search.analysis import query_words
from search.engines import get_engine
from search.engines.base import Filters, QueryWord, SearchEngine
from search.errors import EngineUnavailable
from search.query import SearchQuery
from search.services.limits import filters_of
from search.suggesting.directory import Directory, directory
from search.suggesting.finding import Found, found, going_on
from search.suggesting.keys import Typed, corrected, in_other_keys
from search.suggesting.terms import terms_of_words
from search.suggesting.types import InCategory, Suggestions
from vendors.models import Vendor

log = structlog.get_logger(__name__)

SECONDS = metrics.histogram(
    "ryad_suggestions_seconds",
    "Time of one answer to what is being typed.",
    ["engine"],
    buckets=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
)

QUERIES, POPULAR, CATEGORIES, IN_CATEGORIES, GOODS, VENDORS = 5, 3, 2, 2, 3, 2
#: Words that lead to more offers than this do not yet point to single goods.
FEW = 40
#: Letters beyond which nobody means to be completed, and words beyond which none is mended.
LONGEST, MOST_MENDED = 120, 6
#: Readings of one text that are tried: beyond them, people type on sooner than they would be answered.
MOST_READINGS = 8
SHORTEST_WORD = 3
_SURE_FORM = 5  # letters that forms of a word unknown to the lexicons share
_LEAST_SHARE = 0.2  # of the found offers that a category must hold to be worth narrowing to


def suggestions(
    *, words: str, language: str = "uk", category_id: int | None = None, engine: SearchEngine | None = None
) -> Suggestions:
    """What `words`, which may end in the middle of a word, can become. `category_id` narrows goods and words to one
    category and those below it. Nothing typed: what is often asked. Never raises for what people type, and answers
    from names alone where the engine cannot.
    """
    begun = time.perf_counter()
    asked = _Asked(words, language, category_id, engine)
    try:
        return asked.answer()
    finally:
        SECONDS.labels(asked.engine_name).observe(time.perf_counter() - begun)


@dataclass(slots=True)
class _Asked:
    words: str
    language: str
    category_id: int | None
    engine: SearchEngine | None
    engine_name: str = "none"
    filters: Filters = field(default_factory=Filters)

    def answer(self) -> Suggestions:
        typed = Typed.read(self.words)
        if len(typed.text) > LONGEST:
            return Suggestions(words=typed.text[:LONGEST])
        names = directory()
        if not typed.text:
            return Suggestions(queries=self._often(names))
        self.filters = filters_of(SearchQuery(category_id=self.category_id), None)
        try:
            engine = self.engine or get_engine()
            self.engine_name = engine.name
            for number, reading in enumerate(self._readings(engine, typed)):
                if number == MOST_READINGS:
                    break
                answer = self._by_reading(engine, names, reading, is_corrected=number > 0)
                if answer:
                    return answer
        except EngineUnavailable as error:
            log.warning("search.suggestions_by_names", reason=error.code)
            return self._by_names(names, typed)
        # Names of companies are no words of the index, which knows how those are spelt.
        return Suggestions(
            words=typed.text, vendors=_public(names.vendors.near(typed.text, limit=VENDORS * 3))
        )

    def _readings(self, engine: SearchEngine, typed: Typed) -> Iterator[Typed]:
        yield typed
        seen = {typed.text}
        for reading in in_other_keys(typed):
            if reading.text not in seen:
                seen.add(reading.text)
                yield reading
        if len(typed.text.split()) > MOST_MENDED:
            return
        for reading in corrected(engine, typed):
            if reading.text not in seen:
                seen.add(reading.text)
                yield reading

    def _often(self, names: Directory) -> tuple[str, ...]:
        """The most popular queries of the reader's language, none that one vendor's offers alone answer."""
        every = names.queries.heaviest(len(names.queries))
        own = [
            place
            for place in every
            if names.languages[place] == self.language and names.sellers[place] is None
        ]
        return tuple(names.query_words[place] for place in own[:QUERIES])

    def _by_names(self, names: Directory, typed: Typed) -> Suggestions:
        """What needs no engine. Popular queries were tried when the list was made."""
        named = names.categories.starting(typed.text, limit=CATEGORIES * 2, whole=not typed.start)
        known = _shown_categories(named)
        return Suggestions(
            words=typed.text,
            queries=_distinct(self._popular(names, typed), typed, names)[:QUERIES],
            categories=tuple(pk for pk in named if pk in known)[:CATEGORIES],
            vendors=self._vendors(names, typed),
        )

    def _by_reading(
        self, engine: SearchEngine, names: Directory, typed: Typed, *, is_corrected: bool
    ) -> Suggestions:
        out = found(engine, typed, self.filters)
        shown = _shown(out)
        popular = self._popular(names, typed) if self.category_id is None else []
        completed = [out.typed.completed(ending) for ending in out.endings]
        is_whole = not typed.start or len(typed.start) >= SHORTEST_WORD
        whole = completed[:1] or ([typed.text] if out.candidates and is_whole else [])
        further = [one for words in whole for one in going_on(out, words, limit=QUERIES)]
        # A correction is a suggestion of its own, even where nothing is left to complete.
        told = [*popular, *completed, *further, *(whole if is_corrected else ())]
        named = names.categories.starting(typed.text, limit=CATEGORIES * 2, whole=not typed.start)
        narrowed = _narrowed(out, shown, whole)
        # In one statement, whatever they are for.
        known = _shown_categories([*named, *narrowed])
        categories = tuple(pk for pk in named if pk in known)[:CATEGORIES]
        further_places = [pk for pk in narrowed if pk in known and pk not in (*categories, self.category_id)]
        return Suggestions(
            words=typed.text,
            is_corrected=is_corrected,
            queries=_distinct(told, None if is_corrected else typed, names)[:QUERIES],
            categories=categories,
            in_categories=tuple(InCategory(whole[0], pk) for pk in further_places[:IN_CATEGORIES]),
            offers=_goods(out, shown),
            vendors=self._vendors(names, typed),
        )

    def _popular(self, names: Directory, typed: Typed) -> list[str]:
        """What one vendor's offers alone answer is gone with the vendor."""
        places = names.queries.starting(typed.text, limit=POPULAR, whole=not typed.start)
        sellers = {seller for place in places if (seller := names.sellers[place]) is not None}
        if sellers:
            there = set(Vendor.objects.public().filter(pk__in=sellers).values_list("pk", flat=True))
            places = [place for place in places if names.sellers[place] in {None, *there}]
        return [names.query_words[place] for place in places]

    def _vendors(self, names: Directory, typed: Typed) -> tuple[int, ...]:
        ids = names.vendors.starting(typed.text, limit=VENDORS * 3, whole=not typed.start)
        return _public(ids)


def _public(ids: Sequence[int]) -> tuple[int, ...]:
    """Those of the vendors that buyers may see."""
    if not ids:
        return ()
    shown = set(Vendor.objects.public().filter(pk__in=ids).values_list("pk", flat=True))
    return tuple(pk for pk in ids if pk in shown)[:VENDORS]


def _shown_categories(ids: Sequence[int]) -> frozenset[int]:
    if not ids:
        return frozenset()
    rows = Category.objects.filter(pk__in=ids, is_active=True, merged_into__isnull=True)
    return frozenset(rows.values_list("pk", flat=True))


def _distinct(queries: Sequence[str], typed: Typed | None, names: Directory) -> tuple[str, ...]:
    """One of those that mean the same, word by word, in whatever form or language; not what is typed already, nor what
    operators block.
    """
    kept: list[tuple[str, tuple[QueryWord, ...]]] = []
    own = text.fold(typed.text) if typed else None
    for each in queries:
        words = query_words(each)
        if names.blocked and names.blocks(terms_of_words(words)):
            continue
        if words and text.fold(each) != own and not any(_same(words, other) for _, other in kept):
            kept.append((each, words))
    return tuple(each for each, _ in kept)


def _same(one: Sequence[QueryWord], other: Sequence[QueryWord]) -> bool:
    return len(one) == len(other) and all(any(_is_form(a, b) for b in other) for a in one)


def _is_form(one: QueryWord, other: QueryWord) -> bool:
    """Of one word: by the lexicons, or, where they lack it, by all but the ending (гелева, гелевая)."""
    if not set(one.terms).isdisjoint(other.terms):
        return True
    shorter, longer = sorted((text.fold(one.text), text.fold(other.text)), key=len)
    sure = max(_SURE_FORM, len(shorter) - 1)
    return len(shorter) >= sure and longer.startswith(shorter[:sure])


def _shown(out: Found) -> dict[int, tuple[int, int | None]]:
    """Offer id → its good and category, of the candidates that are on sale at this moment."""
    if not out.candidates:
        return {}
    rows = Offer.objects.on_sale().filter(pk__in=[each.id for each in out.candidates])
    columns = ("pk", "category_id", "gtin", "product_id", "stands_alone")
    return {
        pk: (group_number(pk, gtin, product, stands_alone=alone), category)
        for pk, category, gtin, product, alone in rows.values_list(*columns)
    }


def _narrowed(out: Found, shown: dict[int, tuple[int, int | None]], whole: Sequence[str]) -> list[int]:
    """Categories in which the goods of the first query are, most of them first."""
    if not whole:
        return []
    terms = [set(word.terms) for word in query_words(whole[0])]
    counts: Counter[int] = Counter()
    for pk, (_, category) in shown.items():
        own = {term for token in out.titles[pk] for term in (*token.terms, *token.extras)}
        if category is not None and all(not own.isdisjoint(each) for each in terms):
            counts[category] += 1
    fewest = max(2, counts.total() * _LEAST_SHARE)
    return [pk for pk, count in counts.most_common(IN_CATEGORIES + CATEGORIES) if count >= fewest]


def _goods(out: Found, shown: dict[int, tuple[int, int | None]]) -> tuple[int, ...]:
    """The best offer of each of a few goods, where there are but few or a code names them."""
    if out.total > FEW and not out.by_code:
        return ()
    one_of: dict[int, int] = {}
    for candidate in out.candidates:
        if candidate.id in shown:
            one_of.setdefault(shown[candidate.id][0], candidate.id)
    return tuple(one_of.values())[:GOODS]
