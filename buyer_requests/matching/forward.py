"""New lines searched among all offers: for publishing, for the estimate before it, and for the command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from buyer_requests.matching.documents import in_chunks, variants
from buyer_requests.matching.queries import Found, matched
from catalog.freshness import fresh
from catalog.models import Offer
from search.percolation import StoredQuery, needs

__all__ = ["Found", "match_texts"]


def match_texts(queries: Sequence[StoredQuery]) -> dict[int, list[Found]]:
    """For each query's id all offers on sale that meet it, best first."""
    found: dict[int, list[Found]] = defaultdict(list)
    for some in in_chunks(_candidates(queries)):
        for each in matched(queries, variants(some)):
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
    for query in queries:
        chosen = _plain_word(query.text)
        if chosen is None:
            return offers
        words.update(chosen)
    if not words:
        return offers.none()
    condition = Q()
    for word in sorted(words):
        condition |= Q(search_text__contains=word)
    return offers.filter(condition)


def _plain_word(text: str) -> tuple[str, ...] | None:
    """The terms of the required word that is rarest by its length; () for a text that requires nothing.

    Only words of letters: figures and codes stand in `search_text` in another shape. None where there is no such
    word, and every offer has to be looked at.
    """
    required = needs(text)
    if not required:
        return ()
    plain = [
        need.terms
        for need in required
        if not need.parts and all(term.isalpha() and len(term) >= 3 for term in need.terms)
    ]
    return max(plain, key=lambda terms: min(len(term) for term in terms), default=None)
