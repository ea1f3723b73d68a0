"""Queries against offers, both ways round; the cheaper is chosen by cost, and both give the same pairs."""

from __future__ import annotations

import enum
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.text.heads import HEAD, Heads, naming
from search.percolation.limits import fit, is_plain, keeps, least_price
from search.percolation.lines import (
    Need,
    code_terms,
    is_makers,
    named,
    needs,
    text_terms,
    title_heads,
    titles_of,
    wanted_heads,
)
from search.percolation.types import Match, Missed, NearMiss, OfferDocument, StoredQuery


class Way(enum.StrEnum):
    """Which side is the index."""

    OFFERS_INDEXED = "offers_indexed"
    QUERIES_INDEXED = "queries_indexed"


def match(
    queries: Iterable[StoredQuery], offers: Iterable[OfferDocument], *, way: Way | None = None
) -> Iterator[Match]:
    """All pairs in which the offer has every required word, is what the query names and keeps its every limit.

    A good that only mentions what is wanted (staples for a stapler) is none: see `core.text.heads`.

    Pairs come in no particular order, each once. `way` is chosen by cost where it is not given.
    """
    every = list(queries)
    documents = list(offers)
    if not every or not documents:
        return iter(())
    chosen = way or _cheaper(len(every), len(documents))
    if chosen is Way.OFFERS_INDEXED:
        return OfferIndex(documents).match(by_text(every))
    lines = [(query, needed) for query in every if (needed := needs(query.text))]
    return _over_queries(lines, documents, [offer_terms(offer) for offer in documents])


def by_text(queries: Iterable[StoredQuery]) -> dict[str, list[StoredQuery]]:
    """Queries of the same words together: lists repeat their lines, and equal ones are looked up once."""
    grouped: dict[str, list[StoredQuery]] = {}
    for query in queries:
        grouped.setdefault(query.text, []).append(query)
    return grouped


def near_misses(query: StoredQuery, offers: Iterable[OfferDocument], *, limit: int = 20) -> list[NearMiss]:
    """Offers that miss exactly one limit, nearest first, then by score. A required word is a limit like the others, as long
    as the offer is what the query names; a query of one word has none to spare.
    """
    needed = needs(query.text)
    if not needed:
        return []
    found: list[NearMiss] = []
    for offer in offers:
        terms = offer_terms(offer)
        absent = [need for need in needed if not need.met_by(terms)]
        if len(absent) > (len(needed) > 1):
            continue
        share = _share(query, offer)
        if not share:
            continue
        fitting = fit(query, offer)
        score = _score(len(needed) - len(absent), _told(offer)) * share
        pair = Match(query.id, offer.id, offer.vendor_id, score, fitting.price)
        if absent and not fitting.missed:
            found.append(NearMiss(pair, Missed.WORD, None, absent[0].terms))
        elif not absent and len(fitting.missed) == 1:
            missed, by = fitting.missed[0]
            found.append(NearMiss(pair, missed, by))
    found.sort(key=lambda each: (each.missed, each.by or 0, -each.match.score, each.match.offer_id))
    return found[:limit]


def offer_terms(offer: OfferDocument) -> frozenset[str]:
    """Everything that an offer is found by."""
    return frozenset(text_terms(offer.text)).union(code_terms(offer.codes))


def _cheaper(queries: int, offers: int) -> Way:
    """Set intersections over indexed offers cost about half of looking every offer's terms up (measured at
    10,000 and 100,000 each); but an index of few offers is not worth a walk over very many queries.
    """
    return Way.QUERIES_INDEXED if offers * 20 < queries else Way.OFFERS_INDEXED


_NOBODY: frozenset[int] = frozenset()


class OfferIndex:
    """Offers that queries are held against, each analysed once however many queries come. Each text intersects the offers
    of its words, fewest first.
    """

    def __init__(self, offers: Sequence[OfferDocument]) -> None:
        self._offers = offers
        self._postings = _Postings(offer_terms(offer) for offer in offers)
        self._told = [0] * len(offers)
        self._least = [least_price(offer) for offer in offers]
        #: What each offer names, as a number: in the order of the queries a cache would forget it between two looks.
        self._named = [-1] * len(offers)
        self._numbers: dict[tuple[Heads, ...], int] = {}
        self._names: list[tuple[Heads, ...]] = []

    def match(self, grouped: Mapping[str, Sequence[StoredQuery]]) -> Iterator[Match]:
        """The pairs of queries that come grouped `by_text`."""
        new = tuple.__new__  # past the named constructor, which would take most of the time here
        for words, queries in grouped.items():
            needed = needs(words)
            places: Iterable[int] = self._postings.with_all(needed)
            if not places:
                continue
            top = _highest_ceiling(queries)
            if top is not None:
                least = self._least
                places = [place for place in places if least[place] <= top]
            graded = self._graded(wanted_heads(words), len(needed), places) if places else ()
            for query in queries if graded else ():
                number, unit, ceiling, quantity = query.id, query.unit, query.max_price, query.quantity
                plain = is_plain(query)
                for offer, score in graded:
                    price = offer.price
                    if not plain or (unit and offer.unit and unit != offer.unit):
                        kept, price = keeps(query, offer)
                    else:
                        kept = (ceiling is None or (price is not None and price <= ceiling)) and (
                            quantity is None or offer.quantity is None or offer.quantity >= quantity
                        )
                    if kept:
                        yield new(Match, (number, offer.id, offer.vendor_id, score, price))

    def _graded(self, wanted: Heads, count: int, places: Iterable[int]) -> list[tuple[OfferDocument, float]]:
        """Those of the offers that are what is wanted, with their scores."""
        graded: list[tuple[OfferDocument, float]] = []
        add = graded.append
        offers, told, named_as = self._offers, self._told, self._named
        shares: dict[int, float] = {}
        makers = not wanted.own
        for place in places:
            name = named_as[place]
            if name < 0:
                name = self._name(place)
            share = shares.get(name)
            if share is None:
                share = shares[name] = max(naming(wanted, title) for title in self._names[name])
            offer = offers[place]
            if makers and share != HEAD and is_makers(wanted, offer.brand):
                share = HEAD
            if share:
                length = told[place]
                if not length:
                    length = told[place] = _told(offer) or 1
                add((offer, count / length * share if count < length else share))
        return graded

    def _name(self, place: int) -> int:
        """Offers that name the same have the same number, so each text judges it once."""
        offer = self._offers[place]
        titles = tuple(title_heads(title, offer.brand) for title in titles_of(offer))
        number = self._numbers.setdefault(titles, len(self._names))
        if number == len(self._names):
            self._names.append(titles)
        self._named[place] = number
        return number


def _highest_ceiling(queries: Iterable[StoredQuery]) -> int | None:
    """None where one of them has no ceiling."""
    top = 0
    for query in queries:
        if query.max_price is None:
            return None
        top = max(top, query.max_price)
    return top


class _Postings:
    """Postings of the offers' terms, and for each need the offers that meet it."""

    def __init__(self, terms: Iterable[frozenset[str]]) -> None:
        self._postings: dict[str, list[int]] = defaultdict(list)
        for place, own in enumerate(terms):
            for term in own:
                self._postings[term].append(place)
        self._members: dict[Need, frozenset[int]] = {}

    def with_all(self, needed: tuple[Need, ...]) -> frozenset[int]:
        """Places of the offers that have every need."""
        sets: list[frozenset[int]] = []
        if not needed:
            return _NOBODY
        for need in needed:
            members = self._with(need)
            if not members:
                return _NOBODY
            sets.append(members)
        sets.sort(key=len)
        return sets[0].intersection(*sets[1:])

    def _with(self, need: Need) -> frozenset[int]:
        members = self._members.get(need)
        if members is None:
            members = self._any(need.terms)
            if need.parts:
                members |= frozenset.intersection(*(self._any(part) for part in need.parts))
            self._members[need] = members
        return members

    def _any(self, terms: Iterable[str]) -> frozenset[int]:
        lists = [self._postings[term] for term in terms if term in self._postings]
        return frozenset(itertools.chain.from_iterable(lists))


def _over_queries(
    lines: Sequence[tuple[StoredQuery, tuple[Need, ...]]],
    offers: Sequence[OfferDocument],
    terms: Sequence[frozenset[str]],
) -> Iterator[Match]:
    """Queries are the index, by the rarest of their needs; each offer looks its terms up."""
    frequency = Counter(
        term for _, needed in lines for need in needed for term in itertools.chain(need.terms, *need.parts)
    )
    by_term: dict[str, list[int]] = defaultdict(list)
    required: list[tuple[frozenset[str], tuple[Need, ...]]] = []
    for place, (_, needed) in enumerate(lines):
        rarest = min(needed, key=lambda need: sum(frequency[term] for term in _keys(need, frequency)))
        for term in _keys(rarest, frequency):
            by_term[term].append(place)
        # Needs of one term are checked all at once; the others one by one.
        single = frozenset(need.terms[0] for need in needed if len(need.terms) == 1 and not need.parts)
        several = tuple(need for need in needed if len(need.terms) > 1 or need.parts)
        required.append((single, several))
    for offer, own in zip(offers, terms, strict=True):
        told = _told(offer)
        for place in {place for term in own if term in by_term for place in by_term[term]}:
            single, several = required[place]
            if single <= own and all(need.met_by(own) for need in several):
                query, needed = lines[place]
                kept, price = keeps(query, offer)
                share = _share(query, offer) if kept else 0
                if share:
                    score = _score(len(needed), told) * share
                    yield Match(query.id, offer.id, offer.vendor_id, score, price)


def _keys(need: Need, frequency: Mapping[str, int]) -> tuple[str, ...]:
    """Terms of which an offer that meets the need has at least one."""
    if not need.parts:
        return need.terms
    rarest = min(need.parts, key=lambda part: sum(frequency[term] for term in part))
    return tuple(dict.fromkeys((*need.terms, *rarest)))


def _share(query: StoredQuery, offer: OfferDocument) -> float:
    """0 where the offer is not what the query names."""
    return named(wanted_heads(query.text), titles_of(offer), offer.brand)


def _told(offer: OfferDocument) -> int:
    return len(text_terms(offer.text)) + len(offer.codes)


def _score(needs_met: int, told: int) -> float:
    return min(1.0, needs_met / told) if told else 1.0
