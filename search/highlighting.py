"""Marking the words of a query in a text, by what they mean: «степлеры» marks «Степлер»."""

from __future__ import annotations

from functools import lru_cache

from core import text
from search.analysis import query_words


def highlight(shown: str, query_words_text: str, language: str = "") -> list[tuple[str, bool]]:
    """Segments of `shown` in order, each with whether it is marked; joined they are `shown` again.

    Pass `SearchResults.words`, so that corrected words are marked, too.
    """
    wanted = _wanted(query_words_text)
    if not wanted or not shown:
        return [(shown, False)] if shown else []
    segments: list[tuple[str, bool]] = []
    at = 0
    for token in text.tokens(shown):
        if wanted.isdisjoint(token.terms) and not any(not wanted.isdisjoint(part) for part in token.parts):
            continue
        if token.start > at:
            segments.append((shown[at : token.start], False))
        segments.append((shown[token.start : token.end], True))
        at = token.end
    if at < len(shown):
        segments.append((shown[at:], False))
    return segments


@lru_cache(maxsize=1024)
def _wanted(words: str) -> frozenset[str]:
    return frozenset(
        term for word in query_words(words) for terms in (word.terms, *word.parts) for term in terms
    )
