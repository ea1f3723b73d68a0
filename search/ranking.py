"""The one re-ranker: pure, over what engines found by text; says why a hit stands where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core import text
from core.text.folding import is_cyrillic
from search.engines.base import Candidate, QueryWord
from search.query import Why

CODE_SCORE = 1000.0  # engines give it to a document that has the query as its code
WEAKER = 0.7  # what a synonym counts beside the word itself
DEPTH = 300  # candidates that are looked at again; deeper pages keep the engine's order


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each reason counts. Relevance parts first; the others are bounded well below them."""

    engine: float = 3.0
    coverage: float = 0.6
    title: float = 0.0
    kind: float = 0.2
    brand: float = 0.0
    together: float = 0.2
    head: float = 0.3
    repeated: float = 0.3
    focus: float = 0.0
    available: float = 0.03
    unavailable: float = -0.08


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score, its reasons and its strong coverage: the share of the query's information
    that stands in its title, brand, kind or codes."""

    candidate: Candidate
    score: float
    why: tuple[Why, ...]
    strong: float


@lru_cache(maxsize=1 << 15)
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
    weights: Weights = Weights(),  # noqa: B008  frozen
) -> list[Ranked]:
    """Best first; equal scores by id. `words` carry their weights."""
    if not candidates:
        return []
    top = max((each.score for each in candidates if each.score < CODE_SCORE), default=0.0) or 1.0
    ranked = [
        _ranked(words, candidate, code, min(1.0, candidate.score / top), weights) for candidate in candidates
    ]
    ranked.sort(key=lambda each: (-each.score, each.candidate.id))
    return ranked


def _headship(word: QueryWord, places: list[int], length: int) -> float:
    """How likely the word names the good rather than what it is for: Ukrainian and Russian titles begin with
    the name («чохол для телефону»), English ones end with it («phone case»)."""
    if is_cyrillic(word.text):
        return 1 - min(places) / length
    return (max(places) + 1) / length


def _ranked(
    words: Sequence[QueryWord], candidate: Candidate, code: str, engine: float, weights: Weights
) -> Ranked:
    why: list[Why] = []
    if code and code in candidate.codes:
        return Ranked(candidate, 10.0 + engine, (Why.CODE,), 1.0)
    places, length = _places(candidate.title)
    kind, brand = _terms(candidate.kind), _terms(candidate.brand)
    codes = frozenset(candidate.codes)
    in_title = in_kind = in_brand = strong = 0.0
    at: list[int] = []
    heads = repeated = 0.0
    for word in words:
        found, weight = _place(word, places), word.weight
        own_kind, own_brand = _has(word, kind), _has(word, brand)
        if found is None and word.weaker:
            found, weight = _weaker_place(word, places), word.weight * WEAKER
        if found is not None:
            in_title += weight
            at.append(min(found))
            heads += weight * _headship(word, found, length)
            repeated += weight * min(3, len(found)) / 3
        if own_kind:
            in_kind += word.weight
        if own_brand:
            in_brand += word.weight
        if own_kind or own_brand or not codes.isdisjoint(word.terms):
            strong += word.weight
        elif found is not None:
            strong += weight
    score = weights.coverage * strong + weights.title * in_title + weights.engine * engine
    if in_kind:
        # A kind that the query names whole says more than one it shares a word with.
        score += weights.kind * in_kind * min(1.0, len(words) / max(1, len(kind)))
    score += weights.brand * in_brand + weights.head * heads + weights.repeated * repeated
    if len(at) > 1:
        span = max(at) - min(at) + 1
        score += weights.together * min(1.0, (len(at) - 1) / max(1, span - 1))
        if span <= len(at):
            why.append(Why.TOGETHER)
    if at and length:
        score += weights.focus * len(at) / length
    if strong > 0.999:
        why.insert(0, Why.ALL_WORDS)
    elif words:
        why.append(Why.SOME_WORDS)
    if in_title > 0.999:
        why.append(Why.IN_TITLE)
    if in_brand:
        why.append(Why.BRAND)
    if candidate.availability == "in_stock":
        score += weights.available
        why.append(Why.AVAILABLE)
    elif candidate.availability == "none":
        score += weights.unavailable
    return Ranked(candidate, score, tuple(why), strong)
