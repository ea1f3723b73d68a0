"""New lines searched among all offers: for publishing, for the estimate before it, and for the command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from buyer_requests.matching.documents import in_chunks, variants
from buyer_requests.matching.queries import Found, LineQuery, Lines, matched, spellings_of
from catalog.freshness import fresh
from catalog.models import Offer
from search.percolation import StoredQuery, needs

__all__ = ["Found", "match_texts"]


def match_texts(queries: Sequence[StoredQuery]) -> dict[int, list[Found]]:
    """For each query's id all offers on sale that meet it, best first."""
    found: dict[int, list[Found]] = defaultdict(list)
    lines = Lines(queries)
    for some in in_chunks(_candidates(queries)):
        for each in matched(lines, variants(some)):
            found[each.line_id].append(each)
    for offers in found.values():
        offers.sort(key=lambda each: each.order)
    return dict(found)


def _candidates(queries: Sequence[StoredQuery]) -> QuerySet[Offer]:
    """Offers on sale that can meet one of the queries: each query's longest plain word has to stand in their words.

    Reading and analysing every offer costs some hundred times as much as the database's look at that column.
    """
    offers = fresh(Offer.objects.on_sale())
    words: set[str] = set()
    codes = frozenset().union(*(query.codes for query in queries if isinstance(query, LineQuery)))
    for query in queries:
        if isinstance(query, LineQuery) and query.only_codes:
            continue
        chosen = _plain_word(query.text)
        if chosen is None:
            return offers
        words.update(chosen)
    if not words and not codes:
        return offers.none()
    condition = with_codes(codes)
    for word in sorted(words):
        condition |= Q(search_text__contains=word)
    return offers.filter(condition)


def with_codes(codes: Iterable[str]) -> Q:
    """Offers that have one of the codes, in whatever spelling."""
    condition = Q()
    for code in sorted(codes):
        for spelling in spellings_of(code):
            condition |= Q(gtin=spelling) | Q(mpn__iexact=spelling) | Q(article__iexact=spelling)
    return condition


def plain_words(text: str) -> list[tuple[str, ...]]:
    """The terms of each required word of letters alone, longest first: figures and codes stand in `search_text` in
    another shape.
    """
    plain = [
        need.terms
        for need in needs(text)
        if not need.parts and all(term.isalpha() and len(term) >= 3 for term in need.terms)
    ]
    return sorted(plain, key=lambda terms: -min(len(term) for term in terms))


def _plain_word(text: str) -> tuple[str, ...] | None:
    """The terms of the required word that is rarest by its length; () for a text that requires nothing.

    None where there is no such word, and every offer has to be looked at.
    """
    if not needs(text):
        return ()
    return next(iter(plain_words(text)), None)
