"""A query's words: analysed like documents, weighed by how much each says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from core import text
from core.text.tokens import CODE, NUMBER, STOP, WORD
from search.documents import code_term
from search.engines.base import QueryWord
from search.query import MAX_WORDS_LENGTH

MAX_QUERY_WORDS = 24
SHORTEST_CODE = 4


def query_words(words: str) -> tuple[QueryWord, ...]:
    """Distinct words in order. Stop words go, unless there is nothing else."""
    tokens = text.tokens(words[:MAX_WORDS_LENGTH])
    told = [token for token in tokens if token.kind != STOP] or tokens
    distinct = {
        (token.terms, token.parts): QueryWord(token.text, token.terms, token.parts, token.kind)
        for token in reversed(told)
    }
    return tuple(reversed(distinct.values()))[:MAX_QUERY_WORDS]


def whole_code(words: str, analysed: tuple[QueryWord, ...]) -> str:
    """The query read as one article, MPN or GTIN, '' if it cannot be one."""
    code = code_term(words)
    if len(code) < SHORTEST_CODE or len(code) > 40 or len(analysed) > 4:
        return ""
    return code if any(letter.isdigit() for letter in code) else ""


def all_terms(words: tuple[QueryWord, ...]) -> list[str]:
    return list(
        dict.fromkeys(term for word in words for terms in (word.terms, *word.parts) for term in terms)
    )


def document_frequency(word: QueryWord, frequencies: Mapping[str, int]) -> int:
    """In how many documents a word is, at most: its alternatives hardly overlap."""
    whole = sum(frequencies.get(term, 0) for term in word.terms)
    if not word.parts:
        return whole
    parts = [sum(frequencies.get(term, 0) for term in terms) for terms in word.parts]
    return max(whole, min(parts))


def weighed(
    words: tuple[QueryWord, ...], documents: int, frequencies: Mapping[str, int]
) -> tuple[QueryWord, ...]:
    """The words with their shares of the query's information (inverse document frequency), summing to 1."""
    if not words:
        return ()
    raw = [
        math.log(1 + (documents + 1) / (document_frequency(word, frequencies) + 0.5)) * _importance(word)
        for word in words
    ]
    total = sum(raw)
    return tuple(replace(word, weight=value / total) for word, value in zip(words, raw, strict=True))


def _importance(word: QueryWord) -> float:
    """A bare number says less than its rarity suggests; a code says what is wanted."""
    if word.kind == NUMBER:
        return 0.7
    return 1.2 if word.kind == CODE else 1.0


def can_be_misspelt(word: QueryWord) -> bool:
    """Only plain words: an article number with another digit is another article."""
    return word.kind == WORD and len(word.text) >= 4 and word.text.replace("-", "").replace("'", "").isalpha()
