"""New lines searched among all offers: for publishing, for the estimate before it, and for the command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from buyer_requests.matching.documents import CHUNK, variants
from buyer_requests.matching.queries import Found, LineQuery, Lines, matched, spellings_of
from catalog.freshness import fresh
from catalog.models import Offer
from core.text import normalize_code
from search.percolation import StoredQuery, needs
from search.percolation.lines import Need, is_short_figure

__all__ = ["Found", "match_texts"]

#: Texts in one statement: SQLite takes no deeper expression than a thousand.
_TEXTS_AT_ONCE = 60
#: Figures of so many places are as rare as a word.
_LONG = 4


def match_texts(queries: Sequence[StoredQuery]) -> dict[int, list[Found]]:
    """For each query's id all offers on sale that meet it, best first."""
    found: dict[int, list[Found]] = defaultdict(list)
    lines = Lines(queries)
    ids = _candidates(queries)
    for start in range(0, len(ids), CHUNK):
        some = fresh(Offer.objects.on_sale().filter(pk__in=ids[start : start + CHUNK]))
        for each in matched(lines, variants(some)):
            found[each.line_id].append(each)
    for offers in found.values():
        offers.sort(key=lambda each: each.order)
    return dict(found)


def _candidates(queries: Sequence[StoredQuery]) -> list[int]:
    """Offers on sale that can meet one of the queries, by id: all of a query's words have to stand in theirs.

    Reading and analysing an offer costs some hundred times as much as the database's look at that column.
    """
    offers = fresh(Offer.objects.on_sale()).order_by()
    wanted: dict[str, Q] = {}
    for query in queries:
        if not (isinstance(query, LineQuery) and query.only_codes) and query.text not in wanted:
            words = word_conditions(query.text)
            if words:
                wanted[query.text] = reduce(and_, words)
    codes = frozenset().union(*(query.codes for query in queries if isinstance(query, LineQuery)))
    ids: set[int] = set()
    conditions = [*wanted.values(), *(with_codes([code]) for code in sorted(codes) if code)]
    for start in range(0, len(conditions), _TEXTS_AT_ONCE):
        some = reduce(or_, conditions[start : start + _TEXTS_AT_ONCE])
        ids.update(offers.filter(some).values_list("pk", flat=True))
    return sorted(ids)


def with_codes(codes: Iterable[str]) -> Q:
    """A condition that holds of every offer that has one of the codes, in whatever spelling."""
    condition = Q()
    for code in sorted(codes):
        for spelling in spellings_of(code):
            if normal := normalize_code(spelling):
                condition |= Q(search_text__contains=f" {normal} ")
            else:
                condition |= Q(gtin=spelling) | Q(mpn__iexact=spelling) | Q(article__iexact=spelling)
    return condition


def word_conditions(text: str) -> list[Q]:
    """For each required word a condition that holds of every offer that has it (and of some others), rarest words first.

    `search_text` holds what the analysis makes of titles and brand, term by term between blanks, and each code whole.
    A part of a code (see `percolation.lines.code_terms`) stands within it.
    """
    required = needs(text)
    return [_has(need) for need in sorted(required, key=_commonness)]


def _commonness(need: Need) -> tuple[int, int]:
    """Words of letters before figures, which stand in every code; long ones before short ones."""
    shortest = min(map(len, need.terms))
    return (not any(term.isalpha() for term in need.terms) and shortest < _LONG, -shortest)


def _has(need: Need) -> Q:
    condition = _any_of(need.terms)
    if need.parts:
        condition |= reduce(and_, (_any_of(part) for part in need.parts))
    return condition


def _any_of(terms: Iterable[str]) -> Q:
    return reduce(or_, (Q(search_text__contains=_as_stored(term)) for term in terms))


def _as_stored(term: str) -> str:
    plain = term.replace(" ", "")
    return f" {plain} " if is_short_figure(plain) else plain
