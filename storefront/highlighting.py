"""Which words of a text answer a search: by the same analysis that found it, so «степлери» lights up «степлер»."""

from __future__ import annotations

from core.text import tokens

Segments = list[tuple[str, bool]]


def query_terms(words: str) -> frozenset[str]:
    """All terms that the words of a search mean."""
    terms: set[str] = set()
    for token in tokens(words):
        terms.update(token.terms)
        for part in token.parts:
            terms.update(part)
    return frozenset(terms)


def segments(text: str, terms: frozenset[str]) -> Segments:
    """`text` in pieces, each with whether it is a word that was searched for."""
    if not terms:
        return [(text, False)]
    pieces: Segments = []
    done = 0
    for token in tokens(text):
        if token.start < done or not _answers(token.terms, token.parts, terms):
            continue
        if token.start > done:
            pieces.append((text[done : token.start], False))
        pieces.append((text[token.start : token.end], True))
        done = token.end
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


def _answers(own: tuple[str, ...], parts: tuple[tuple[str, ...], ...], terms: frozenset[str]) -> bool:
    return any(term in terms for term in own) or any(term in terms for part in parts for term in part)
