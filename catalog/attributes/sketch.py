"""Tokens of a name as far as a category's attributes can care; what says nothing to them is only marked as a word.

A model's number or a series' name is met once in ten thousand titles, and taking it apart costs more than reading the
rest. Its terms are mostly remembered, since documents of the index are made of them, and tell whether that is needed.
"""

from __future__ import annotations

import re

from catalog.attributes.rules import CategoryRules
from catalog.attributes.signs import AND, NOT, OF_ANOTHER, SPELT_FIRST
from core.text import tokens
from core.text.remembering import Remembered
from core.text.tokens import CODE, WORD, Token, terms_kept

_CHUNK = re.compile(r"\S+")
_EDGES = " .,;:()[]{}\"'!?«»“”„*|"
_SMALL = OF_ANOTHER | AND | NOT
_DIGIT = re.compile(r"\d")
_TERM = re.compile(r"(\d[\d.]*)(\D*)$")


def sketch(rules: CategoryRules, title: str) -> list[Token]:
    """As `core.text.tokens`; a token without terms stands for a chunk that no attribute of the category asks for."""
    if "<" in title or "&" in title:
        return tokens(title)
    found: list[Token] = []
    begun = ended = -1  # of the chunks that are to be taken apart together: 0,5 мм
    for chunk in _CHUNK.finditer(title):
        if _tells(rules, chunk[0]):
            begun = chunk.start() if begun < 0 else begun
            ended = chunk.end()
            continue
        if begun >= 0:
            found += _apart(title, begun, ended)
            begun = -1
        if (word := chunk[0].strip(_EDGES)) and terms_kept[chunk[0]][0]:  # a lone dash is no token
            start = chunk.start() + chunk[0].index(word)
            kind = WORD if _DIGIT.search(word) is None else CODE
            found.append(Token(word, start, start + len(word), 0, (), kind))
    if begun >= 0:
        found += _apart(title, begun, ended)
    return found


def measure_of(term: str) -> tuple[float, str]:
    """A term of a measure as value and base unit, "" for a bare number; (0, "?") for anything else."""
    return _measures[term]


def _measured(term: str) -> tuple[float, str]:
    found = _TERM.match(term)
    return (float(found[1]), found[2]) if found and found[1].count(".") < 2 else (0.0, "?")


_measures: Remembered[tuple[float, str]] = Remembered(_measured, entries=1 << 14)


def _apart(title: str, start: int, end: int) -> list[Token]:
    if not start:
        return tokens(title[:end])
    return [
        token._replace(start=token.start + start, end=token.end + start) for token in tokens(title[start:end])
    ]


def _tells(rules: CategoryRules, chunk: str) -> bool:
    """Whether taking it apart can matter: a word of an attribute or choice, a measure, a number, a preposition."""
    terms, opens, closes, *_ = terms_kept[chunk]
    if opens or closes or not rules.vocabulary.isdisjoint(terms):
        return True
    if _DIGIT.search(chunk) is None:
        word = chunk.lower()
        return word in _SMALL or (bool(rules.counted) and word.startswith(SPELT_FIRST))
    for term in terms:
        unit = measure_of(term)[1]
        if (
            unit in rules.by_unit
            or (not unit and rules.counted)
            or (unit == "?" and "x" in term and rules.sizes)
        ):
            return True
    return False
