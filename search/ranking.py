"""The one re-ranker: pure, over what engines found by text; says why a hit stands where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core import text
from core.text.folding import is_cyrillic
from core.text.heads import BESIDE, HEAD, NOT, Heads, describing, heads, is_accessory, is_english_good, naming
from core.text.tokens import WORD
from search import beside
from search.engines.base import Candidate, QueryWord
from search.query import Why
from search.synonyms import synonyms
from search.tuning.weights import SHIPPED, Secondary

if TYPE_CHECKING:
    from search.standings import Standing

CODE_SCORE = 1000.0  # engines give it to a document that has the query as its code
WEAKER = 0.7  # what a synonym counts beside the word itself
DEPTH = 300  # candidates that are looked at again; deeper pages keep the engine's order


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each thing that the words say counts. The engine's score leads. Found on graded queries, kept where
    neighbouring values did no better. What counts beside the words is `search.tuning.weights.Secondary`.
    """

    engine: float = 3.0
    coverage: float = 0.2
    kind: float = 0.1
    brand: float = 0.1
    together: float = 0.15
    head: float = 0.2
    repeated: float = 0.3
    only_mentioned: float = -0.9  # the good is for what was asked for, or has it among its parts


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score, its reasons and its strong coverage: the share of the query's information
    that stands in its title, brand, kind or codes. `relevance` is what of the score the words alone say; the rest is at
    most `search.tuning.weights.BOUND`. `is_named`: it is the good that the words name.
    """

    candidate: Candidate
    score: float
    why: tuple[Why, ...]
    strong: float
    relevance: float
    is_named: bool = False


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


def _by_phrase(word: QueryWord, places: Mapping[str, object]) -> bool:
    """A plain word of which the title has only other words for the same: «болгарка», кутова шліфмашина."""
    return bool(word.parts) and word.text.isalpha() and not any(term in places for term in word.terms)


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
    secondary: Secondary = SHIPPED,
    standings: Mapping[int, Standing] = {},
    now: float = 0.0,
    is_page: bool = False,
) -> list[Ranked]:
    """Best first; equal scores by id. `words` carry their weights; `partial`: candidates may lack some of them.
    `standings` are of the candidates' supplies at `now` (seconds since 1970). `is_page`: these are a page out of the
    middle, which says nothing about what all that was found has in common.
    """
    if not candidates:
        return []
    top = max((each.score for each in candidates if each.score < CODE_SCORE), default=0.0) or 1.0
    asked = _Asked(words, _wanted(words), code, partial, _named_in_english(words))
    judged = [_judged(asked, each, min(1.0, each.score / top), weights) for each in candidates]
    meant = _meant(zip(judged, candidates, strict=True)) if words and not is_page else None
    about = beside.Beside(() if is_page else candidates, secondary, standings, now, category=meant)
    ranked = []
    for one, candidate in zip(judged, candidates, strict=True):
        more, why = about.of(candidate)
        score = one.relevance + more
        ranked.append(Ranked(candidate, score, one.why + why, one.strong, one.relevance, one.is_named))
    ranked.sort(key=lambda each: (-each.score, each.candidate.id))
    return ranked


def meant_category(ranked: Iterable[Ranked]) -> int | None:
    """The category that the words mean, by what they ranked: the one that `Why.CATEGORY` is about."""
    return _meant((each, each.candidate) for each in ranked)


def _meant(judged: Iterable[tuple[Ranked | _Judged, Candidate]]) -> int | None:
    return beside.meant_category((one.relevance, each) for one, each in judged if one.is_named)


def _headship(word: QueryWord, places: list[int], length: int) -> float:
    """How likely the word names the good rather than what it is for: Ukrainian and Russian titles begin with
    the name («чохол для телефону»), English ones end with it («phone case»).
    """
    if is_cyrillic(word.text):
        return 1 - min(places) / length
    return (max(places) + 1) / length


@dataclass(slots=True)
class _Found:
    """Where a candidate has the query's words, in shares of the query's information. `by_others`: one of them it has
    only by another word for the same.
    """

    title: float = 0.0
    kind: float = 0.0
    brand: float = 0.0
    strong: float = 0.0
    heads: float = 0.0
    repeated: float = 0.0
    by_others: bool = False


@dataclass(slots=True)  # frozen, one takes a microsecond more, and there are 300 of them
class _Judged:
    """What the words say of a candidate."""

    relevance: float
    why: tuple[Why, ...]
    strong: float
    is_named: bool


def _wanted(words: Sequence[QueryWord]) -> Heads:
    """What the query names, also by its other words for that."""
    wanted = heads(" ".join(word.text for word in words))
    others = [term for word in words if not wanted.own.isdisjoint(word.terms) for term in word.weaker]
    return wanted._replace(own=wanted.own.union(others))


def _named_in_english(words: Sequence[QueryWord]) -> QueryWord | None:
    """The last plain word of an English query, if goods are called so; of a series (Redmi Note) nothing describes."""
    if any(is_cyrillic(word.text) for word in words):
        return None
    last = next((word for word in reversed(words) if word.kind == WORD), None)
    return last if last is not None and _is_good(last.terms) else None


def _is_good(terms: Sequence[str]) -> bool:
    """Whether goods are called so in English."""
    return is_english_good(terms) or bool(synonyms(tuple(terms)))


@dataclass(frozen=True, slots=True)
class _Asked:
    words: Sequence[QueryWord]
    wanted: Heads
    code: str
    partial: bool
    english: QueryWord | None


def _judged(asked: _Asked, candidate: Candidate, engine: float, weights: Weights) -> _Judged:
    words = asked.words
    if asked.code and asked.code in candidate.codes:
        return _Judged(10.0 + engine, (Why.CODE,), 1.0, is_named=True)
    found, at = _found(words, candidate)
    kind = _terms(candidate.kind)
    named = _named(asked, candidate, found)
    span = max(at) - min(at) + 1 if len(at) > 1 else 0
    relevance = (
        weights.engine * engine
        + weights.coverage * found.strong
        # A kind that the query names whole says more than one that it shares a word with.
        + weights.kind * found.kind * min(1.0, len(words) / max(1, len(kind)))
        + weights.brand * found.brand
        + weights.head * found.heads
        + weights.repeated * found.repeated
        + (weights.together * min(1.0, (len(at) - 1) / max(1, span - 1)) if span else 0.0)
        + weights.only_mentioned * (HEAD - named)
    )
    why = _why(asked, found, named, span <= len(at) if span else False)
    return _Judged(relevance, why, found.strong, is_named=found.title > 0 and named == HEAD)


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
        in_kind, in_brand = _has(word, kind), _has(word, brand)
        elsewhere = in_kind or in_brand or not codes.isdisjoint(word.terms)
        if in_title is not None:
            found.title += weight
            at.append(min(in_title))
            found.heads += weight * _headship(word, in_title, length)
            found.repeated += weight * min(3, len(in_title)) / 3
            if not found.by_others and not elsewhere:
                found.by_others = weight < word.weight or _by_phrase(word, places)
        found.kind += word.weight * in_kind
        found.brand += word.weight * in_brand
        if elsewhere:
            found.strong += word.weight
        elif in_title is not None:
            found.strong += weight
    return found, at


def _named(asked: _Asked, candidate: Candidate, found: _Found) -> float:
    """Whether the good is what the query names, by its title. What the title does not have at all is no mention:
    titles in other languages are searched, too.
    """
    if not found.title:
        return HEAD
    offered = heads(candidate.title, _terms(candidate.brand))
    named = naming(asked.wanted, offered)
    if named == HEAD and not asked.wanted.own and is_accessory(offered):
        return BESIDE
    if named == HEAD and asked.english is not None and not _has(asked.english, _terms(candidate.brand)):
        own = describing(candidate.title, _terms(candidate.brand), _is_good)
        # A lock for laptops where a laptop is asked for; that the query's other words describe is as it should be.
        if not own.isdisjoint(asked.english.terms) or not own.isdisjoint(asked.english.weaker):
            return NOT
    return named


def _why(asked: _Asked, found: _Found, named: float, together: bool) -> tuple[Why, ...]:
    whole = found.strong > 0.999
    reasons = (
        (Why.WITHIN_LIMITS, not asked.words),
        (Why.ALL_WORDS, bool(asked.words) and (whole or not asked.partial)),
        (Why.SOME_WORDS, asked.partial and not whole),
        (Why.OTHER_WORDS, found.by_others),
        (Why.NAMED, bool(asked.wanted.own) and found.title > 0 and named == HEAD),
        (Why.IN_TITLE, found.title > 0.999),
        (Why.DESCRIBED, bool(asked.words) and not whole and not asked.partial and not found.by_others),
        (Why.TOGETHER, together),
        (Why.BRAND, found.brand > 0),
    )
    return tuple(reason for reason, holds in reasons if holds)
