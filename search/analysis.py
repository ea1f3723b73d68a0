"""A query's words: analysed like documents, weighed by how much each says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from core import text
from core.text import lexicon
from core.text.folding import is_cyrillic
from core.text.heads import is_adjective
from core.text.measures import number_text
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
    counts = [document_frequency(word, frequencies) for word in words]
    # A word that nobody uses says no more than the rarest that somebody does.
    rarest = min((count for count in counts if count), default=0)
    raw = [
        math.log(1 + (documents + 1) / ((count or rarest) + 0.5))
        * _importance(word, is_last=word is words[-1])
        for word, count in zip(words, counts, strict=True)
    ]
    total = sum(raw)
    return tuple(replace(word, weight=value / total) for word, value in zip(words, raw, strict=True))


def _importance(word: QueryWord, *, is_last: bool) -> float:
    """What a word is worth beside its rarity: what names the good is worth more than what describes it."""
    if word.kind == NUMBER:
        return 0.7
    if word.kind == CODE:
        return 1.2
    if word.kind == WORD and (all(term.endswith("ий") for term in word.terms) or is_adjective(word.text)):
        return 0.4  # an adjective of Ukrainian or Russian
    # English says first what kind of thing, then what thing: phone case.
    return 1.3 if is_last and word.text.isascii() else 1.0


def as_measures(word: QueryWord) -> tuple[str, ...]:
    """Terms of a bare number with a point as litres or kilogrammes: «вода 0,5»."""
    value = word.terms[0]
    if "." not in value or not value.replace(".", "", 1).isdigit():
        return ()
    thousandth = number_text(float(value) * 1000)
    return (f"{thousandth}ml", f"{thousandth}g")


def can_be_misspelt(word: QueryWord) -> bool:
    """Only plain words: an article number with another digit is another article."""
    return word.kind == WORD and len(word.text) >= 4 and word.text.replace("-", "").replace("'", "").isalpha()


def is_a_word(word: QueryWord) -> bool:
    """In a Ukrainian or Russian lexicon, or English of names of goods, so spelt as meant: a good that nobody sells is
    no slip of the hand.
    """
    folded = text.fold(word.text)
    if folded.isascii():
        return folded in lexicon.english_goods()
    return is_cyrillic(folded) and bool(lexicon.russian_lemmas(folded) or lexicon.ukrainian_lemmas(folded))


def allowed_slips(word: QueryWord) -> int:
    """How many slips a word of this length may have before it is another word."""
    if len(word.text) < 4:
        return 0
    return 2 if len(word.text) >= 9 else 1


def needed_frequency(word: QueryWord, documents: int) -> float:
    """How common the meant word must be: a short Latin word is near so many that only a common one is likely.
    For Cyrillic the lexicon has told already that the word as typed is none.
    """
    if is_cyrillic(word.text):
        return 1
    return {4: documents / 200, 5: documents / 1000}.get(len(word.text), 1)
