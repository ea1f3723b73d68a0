"""Queries against offers, both ways round; the cheaper is chosen by cost, and both give the same pairs."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from search.percolation.limits import fit
from search.percolation.lines import Need, code_terms, needs, text_terms
from search.percolation.types import Match, NearMiss, OfferDocument, StoredQuery


class Way(enum.StrEnum):
    """Which side is the index."""

    OFFERS_INDEXED = "offers_indexed"
    QUERIES_INDEXED = "queries_indexed"


def match(
    queries: Iterable[StoredQuery], offers: Iterable[OfferDocument], *, way: Way | None = None
) -> Iterator[Match]:
    """All pairs in which the offer has every required word and keeps every limit of the query.

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


def near_misses(
    query: StoredQuery, offers: Iterable[OfferDocument], *, limit: int = 20
) -> list[NearMiss]:
    """Offers whose words fit and which miss exactly one limit, nearest first, then by score."""
    needed = needs(query.text)
    if not needed:
        return []
    found: list[NearMiss] = []
    for offer in offers:
        terms = offer_terms(offer)
        if not all(need.met_by(terms) for need in needed):
            continue
        fitting = fit(query, offer)
        if len(fitting.missed) == 1:
            missed, by = fitting.missed[0]
            found.append(NearMiss(_pair(query, needed, offer, fitting.price), missed, by))
    found.sort(key=lambda each: (each.missed, each.by or 0, -each.match.score, each.match.offer_id))
    return found[:limit]


def offer_terms(offer: OfferDocument) -> frozenset[str]:
    """Everything that an offer is found by."""
    return frozenset(text_terms(offer.text)).union(code_terms(offer.codes))


def _cheaper(queries: int, offers: int) -> Way:
    """The larger side is walked once, the smaller one is cheaper to put into an index; a walk over postings
    of offers is leaner per query than a walk over an offer's terms per offer, measured about threefold."""
    return Way.QUERIES_INDEXED if offers * 3 < queries else Way.OFFERS_INDEXED


def _over_offers(
    lines: Sequence[tuple[StoredQuery, tuple[Need, ...]]],
    offers: Sequence[OfferDocument],
    terms: Sequence[frozenset[str]],
) -> Iterator[Match]:
    """Offers by term; each query intersects the postings of its words, rarest first."""
    postings: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(terms):
        for term in own:
            postings[term].append(place)
    empty: list[int] = []
    cached: dict[tuple[Need, ...], list[int]] = {}
    for query, needed in lines:
        places = cached.get(needed)
        if places is None:
            places = cached[needed] = _places(needed, postings, terms, empty)
        for place in places:
            offer = offers[place]
            fitting = fit(query, offer)
            if not fitting.missed:
                yield _pair(query, needed, offer, fitting.price)


def _places(
    needed: tuple[Need, ...],
    postings: dict[str, list[int]],
    terms: Sequence[frozenset[str]],
    empty: list[int],
) -> list[int]:
    """Offers that have every need: the shortest list of candidates is looked through."""
    best: Need | None = None
    size = 0
    for need in needed:
        count = sum(len(postings.get(term, empty)) for term in need.terms)
        if need.parts:
            count += min(sum(len(postings.get(term, empty)) for term in part) for part in need.parts)
        if not count:
            return []
        if best is None or count < size:
            best, size = need, count
    assert best is not None
    found = {place for term in best.terms for place in postings.get(term, empty)}
    if best.parts:
        rarest = min(best.parts, key=lambda part: sum(len(postings.get(term, empty)) for term in part))
        found.update(
            place
            for term in rarest
            for place in postings.get(term, empty)
            if best.met_by(terms[place])
        )
    rest = [need for need in needed if need is not best]
    if not rest:
        return sorted(found)
    return sorted(place for place in found if all(need.met_by(terms[place]) for need in rest))


def _over_queries(
    lines: Sequence[tuple[StoredQuery, tuple[Need, ...]]],
    offers: Sequence[OfferDocument],
    terms: Sequence[frozenset[str]],
) -> Iterator[Match]:
    """Queries by the rarest of their words; each offer looks its terms up."""
    frequency: dict[str, int] = defaultdict(int)
    for _, needed in lines:
        for need in needed:
            for term in _keys(need, frequency):
                frequency[term] += 1
    by_term: dict[str, list[int]] = defaultdict(list)
    for place, (_, needed) in enumerate(lines):
        rarest = min(needed, key=lambda need: max(frequency[term] for term in _keys(need, frequency)))
        for term in _keys(rarest, frequency):
            by_term[term].append(place)
    for offer, own in zip(offers, terms, strict=True):
        candidates = {place for term in own if term in by_term for place in by_term[term]}
        for place in sorted(candidates):
            query, needed = lines[place]
            if all(need.met_by(own) for need in needed):
                fitting = fit(query, offer)
                if not fitting.missed:
                    yield _pair(query, needed, offer, fitting.price)


def _keys(need: Need, frequency: dict[str, int]) -> tuple[str, ...]:
    """Terms of which an offer that meets the need has at least one."""
    if not need.parts:
        return need.terms
    rarest = min(need.parts, key=lambda part: max(frequency.get(term, 0) for term in part))
    return tuple(dict.fromkeys((*need.terms, *rarest)))


def _pair(query: StoredQuery, needed: tuple[Need, ...], offer: OfferDocument, price: int | None) -> Match:
    told = len(text_terms(offer.text)) + len(offer.codes)
    score = min(1.0, len(needed) / told) if told else 1.0
    return Match(query.id, offer.id, offer.vendor_id, round(score, 4), price)
