"""Whether a query has words that are blocked: compared by all readings of each word, whatever form it has."""

from __future__ import annotations

from collections.abc import Iterable

from search.analysis import query_words
from search.engines.base import QueryWord

#: Of each word all its readings: «коси» is of «коса» and of «косити».
Terms = tuple[frozenset[str], ...]


def terms_of(words: str) -> Terms:
    return terms_of_words(query_words(words))


def terms_of_words(words: Iterable[QueryWord]) -> Terms:
    return tuple(frozenset(word.terms) for word in words if word.terms)


def is_blocked(query: Terms, blocked: Iterable[Terms]) -> bool:
    """Whether it has all words of one of those blocked. One shared reading is enough: a query left out for nothing does
    less harm than a blocked one that is shown.
    """
    return any(one and all(any(not word.isdisjoint(own) for own in query) for word in one) for one in blocked)
