"""Queries against offers, both ways round; the cheaper is chosen by cost, and both give the same pairs."""

from __future__ import annotations

import enum
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from search.percolation.limits import fit, keeps
from search.percolation.lines import Need, code_terms, named, needs, text_terms, titles_of, wanted_heads
from search.percolation.types import Match, NearMiss, OfferDocument, StoredQuery


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
    lines = [(query, needs(query.text)) for query in queries]
    lines = [(query, needed) for query, needed in lines if needed]
    documents = list(offers)
    if not lines or not documents:
        return iter(())
    terms = [offer_terms(offer) for offer in documents]
    chosen = way or _cheaper(len(lines), len(documents))
    if chosen is Way.OFFERS_INDEXED:
        return _over_offers(lines, documents, terms)
    return _over_queries(lines, documents, terms)


def near_misses(query: StoredQuery, offers: Iterable[OfferDocument], *, limit: int = 20) -> list[NearMiss]:
    """Offers whose words fit and which miss exactly one limit, nearest first, then by score."""
    needed = needs(query.text)
    if not needed:
        return []
    found: list[NearMiss] = []
    for offer in offers:
        terms = offer_terms(offer)
        if not all(need.met_by(terms) for need in needed):
            continue
        share = _share(query, offer)
        fitting = fit(query, offer)
        if share and len(fitting.missed) == 1:
            missed, by = fitting.missed[0]
            score = _score(len(needed), _told(offer)) * share
            pair = Match(query.id, offer.id, offer.vendor_id, score, fitting.price)
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


class _Offers:
    """Postings of the offers' terms, and for each need the offers that meet it."""

    def __init__(self, terms: Sequence[frozenset[str]]) -> None:
        self._postings: dict[str, list[int]] = defaultdict(list)
        for place, own in enumerate(terms):
            for term in own:
                self._postings[term].append(place)
        self._members: dict[Need, frozenset[int]] = {}
        self._places: dict[tuple[Need, ...], list[int]] = {}

    def with_all(self, needed: tuple[Need, ...]) -> list[int]:
        """Places of the offers that have every need, in order. Lists repeat their lines, so answers are kept."""
        places = self._places.get(needed)
        if places is None:
            sets: list[frozenset[int]] = []
            for need in needed:
                members = self._with(need)
                if not members:
                    sets = []
                    break
                sets.append(members)
            sets.sort(key=len)
            places = self._places[needed] = sorted(sets[0].intersection(*sets[1:])) if sets else []
        return places

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


def _over_offers(
    lines: Sequence[tuple[StoredQuery, tuple[Need, ...]]],
    offers: Sequence[OfferDocument],
    terms: Sequence[frozenset[str]],
) -> Iterator[Match]:
    """Offers are the index; each query intersects the offers of its needs, fewest first."""
    index = _Offers(terms)
    told = [_told(offer) for offer in offers]
    for query, needed in lines:
        count = len(needed)
        for place in index.with_all(needed):
            offer = offers[place]
            kept, price = keeps(query, offer)
            share = _share(query, offer) if kept else 0
            if share:
                yield Match(query.id, offer.id, offer.vendor_id, _score(count, told[place]) * share, price)


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
