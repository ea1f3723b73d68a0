"""The one re-ranker: pure, over what engines found by text; says why a hit stands where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core import text
from core.text.folding import is_cyrillic
from core.text.heads import HEAD, Heads, heads, naming
from search.engines.base import Candidate, QueryWord
from search.query import Why

CODE_SCORE = 1000.0  # engines give it to a document that has the query as its code
WEAKER = 0.7  # what a synonym counts beside the word itself
DEPTH = 300  # candidates that are looked at again; deeper pages keep the engine's order


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each reason counts. The engine's score leads; what a buyer would call secondary is bounded well
    below it. Found on graded queries, kept where neighbouring values did no better.
    """

    engine: float = 3.0
    coverage: float = 0.2
    kind: float = 0.1
    brand: float = 0.1
    together: float = 0.15
    head: float = 0.4
    repeated: float = 0.3
    only_mentioned: float = -0.6  # the good is for what was asked for, or has it among its parts
    available: float = 0.03
    unavailable: float = -0.08


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score, its reasons and its strong coverage: the share of the query's information
    that stands in its title, brand, kind or codes.
    """

    candidate: Candidate
    score: float
    why: tuple[Why, ...]
    strong: float


@lru_cache(maxsize=1 << 13)  # some 1.7 KB each
def _places(title: str) -> tuple[dict[str, list[int]], int]:
    """Term → its positions in a title, and the number of positions."""
    placed = text.document_terms(title)
    places: dict[str, list[int]] = {}
    length = 0
    for position, terms in placed:
        length = max(length, position + 1)
        for term in terms:
            places.setdefault(term, []).append(position)
    return places, length


@lru_cache(maxsize=1 << 12)
def _terms(value: str) -> frozenset[str]:
    return frozenset(text.index_terms(value))


def _place(word: QueryWord, places: dict[str, list[int]]) -> list[int] | None:
    """Positions of a word in a title, None where it has none."""
    found = [at for term in word.terms for at in places.get(term, ())]
    if not found and word.parts:
        parts = [[at for term in terms for at in places.get(term, ())] for terms in word.parts]
        if all(parts):
            found = [min(at) for at in parts]
    return found or None


def _weaker_place(word: QueryWord, places: dict[str, list[int]]) -> list[int] | None:
    return [at for term in word.weaker for at in places.get(term, ())] or None


def _has(word: QueryWord, terms: frozenset[str]) -> bool:
    if not terms.isdisjoint(word.terms):
        return True
    return bool(word.parts) and all(not terms.isdisjoint(part) for part in word.parts)


def rank(
    words: Sequence[QueryWord],
    candidates: Sequence[Candidate],
    *,
    code: str = "",
    partial: bool = False,
    weights: Weights = Weights(),
) -> list[Ranked]:
    """Best first; equal scores by id. `words` carry their weights; `partial`: candidates may lack some of them."""
    if not candidates:
        return []
    top = max((each.score for each in candidates if each.score < CODE_SCORE), default=0.0) or 1.0
    wanted = _wanted(words)
    ranked = [
        _ranked(_Asked(words, wanted, code, partial), candidate, min(1.0, candidate.score / top), weights)
        for candidate in candidates
    ]
    ranked.sort(key=lambda each: (-each.score, each.candidate.id))
    return ranked


def _headship(word: QueryWord, places: list[int], length: int) -> float:
    """How likely the word names the good rather than what it is for: Ukrainian and Russian titles begin with
    the name («чохол для телефону»), English ones end with it («phone case»).
    """
    if is_cyrillic(word.text):
        return 1 - min(places) / length
    return (max(places) + 1) / length


@dataclass(slots=True)
class _Found:
    """Where a candidate has the query's words, in shares of the query's information."""

    title: float = 0.0
    kind: float = 0.0
    brand: float = 0.0
    strong: float = 0.0
    heads: float = 0.0
    repeated: float = 0.0


def _wanted(words: Sequence[QueryWord]) -> Heads:
    """What the query names, also by its other words for that."""
    wanted = heads(" ".join(word.text for word in words))
    others = [term for word in words if not wanted.own.isdisjoint(word.terms) for term in word.weaker]
    return wanted._replace(own=wanted.own.union(others))


@dataclass(frozen=True, slots=True)
class _Asked:
    words: Sequence[QueryWord]
    wanted: Heads
    code: str
    partial: bool


def _ranked(asked: _Asked, candidate: Candidate, engine: float, weights: Weights) -> Ranked:
    words = asked.words
    if asked.code and asked.code in candidate.codes:
        return Ranked(candidate, 10.0 + engine, (Why.CODE,), 1.0)
    found, at = _found(words, candidate)
    kind = _terms(candidate.kind)
    named = _named(asked.wanted, candidate, found)
    span = max(at) - min(at) + 1 if len(at) > 1 else 0
    score = (
        weights.engine * engine
        + weights.coverage * found.strong
        # A kind that the query names whole says more than one that it shares a word with.
        + weights.kind * found.kind * min(1.0, len(words) / max(1, len(kind)))
        + weights.brand * found.brand
        + weights.head * found.heads
        + weights.repeated * found.repeated
        + (weights.together * min(1.0, (len(at) - 1) / max(1, span - 1)) if span else 0.0)
        + weights.only_mentioned * (HEAD - named)
        + _stock(candidate, weights)
    )
    return Ranked(
        candidate,
        score,
        _why(asked, candidate, found, named, span <= len(at) if span else False),
        found.strong,
    )


def _found(words: Sequence[QueryWord], candidate: Candidate) -> tuple[_Found, list[int]]:
    """Shares by place, and the first position of each word that the title has."""
    places, length = _places(candidate.title)
    kind, brand = _terms(candidate.kind), _terms(candidate.brand)
    codes = frozenset(candidate.codes)
    found = _Found()
    at: list[int] = []
    for word in words:
        in_title, weight = _place(word, places), word.weight
        if in_title is None and word.weaker:
            in_title, weight = _weaker_place(word, places), word.weight * WEAKER
        if in_title is not None:
            found.title += weight
            at.append(min(in_title))
            found.heads += weight * _headship(word, in_title, length)
            found.repeated += weight * min(3, len(in_title)) / 3
        in_kind, in_brand = _has(word, kind), _has(word, brand)
        found.kind += word.weight * in_kind
        found.brand += word.weight * in_brand
        if in_kind or in_brand or not codes.isdisjoint(word.terms):
            found.strong += word.weight
        elif in_title is not None:
            found.strong += weight
    return found, at


def _named(wanted: Heads, candidate: Candidate, found: _Found) -> float:
    """Whether the good is what the query names, by its title. What the title does not have at all is no mention:
    titles in other languages are searched, too.
    """
    if not found.title:
        return HEAD
    return naming(wanted, heads(candidate.title, _terms(candidate.brand)))


def _stock(candidate: Candidate, weights: Weights) -> float:
    return {"in_stock": weights.available, "none": weights.unavailable}.get(candidate.availability, 0.0)


def _why(asked: _Asked, candidate: Candidate, found: _Found, named: float, together: bool) -> tuple[Why, ...]:
    whole = found.strong > 0.999
    reasons = (
        (Why.WITHIN_LIMITS, not asked.words),
        (Why.ALL_WORDS, bool(asked.words) and (whole or not asked.partial)),
        (Why.SOME_WORDS, asked.partial and not whole),
        (Why.NAMED, bool(asked.wanted.own) and found.title > 0 and named == HEAD),
        (Why.IN_TITLE, found.title > 0.999),
        (Why.DESCRIBED, bool(asked.words) and not whole and not asked.partial),
        (Why.TOGETHER, together),
        (Why.BRAND, found.brand > 0),
        (Why.AVAILABLE, candidate.availability == "in_stock"),
    )
    return tuple(reason for reason, holds in reasons if holds)
