"""Other ways to say a thing that take another number of words: клейка стрічка and скотч."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core import text

_LIST = Path(__file__).resolve().parent / "phrases.tsv"

#: The terms of each of its words.
Phrase = tuple[tuple[str, ...], ...]


class Said(NamedTuple):
    """From `start` to `end` of the query's words stands a phrase; `others` say the same."""

    start: int
    end: int
    others: tuple[Phrase, ...]


@cache
def _by_first_term() -> dict[str, tuple[tuple[Phrase, tuple[Phrase, ...]], ...]]:
    """A term → the phrases that begin with it, each with the others of its line."""
    table: dict[str, list[tuple[Phrase, tuple[Phrase, ...]]]] = {}
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        phrases = [_phrase(each) for each in line.split("\t")]
        for phrase in phrases:
            others = tuple(dict.fromkeys(each for each in phrases if each != phrase))
            for term in phrase[0]:
                table.setdefault(term, []).append((phrase, others))
    return {term: tuple(found) for term, found in table.items()}


def _phrase(words: str) -> Phrase:
    return tuple(token.terms for token in text.tokens(words) if token.kind != "stop")


@cache
def vocabulary() -> frozenset[str]:
    """Single words of the list, folded: buyers use them also where no good is called so."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    told = (each for line in lines if not line.startswith("#") for each in line.split("\t"))
    return frozenset(text.fold(each) for each in told if each and " " not in each)


def said_otherwise(words: Sequence[tuple[str, ...]]) -> list[Said]:
    """The phrases of the list among the terms of a query's words, longest first, none within another."""
    table = _by_first_term()
    found: dict[tuple[int, int], dict[Phrase, None]] = {}
    for start, terms in enumerate(words):
        for term in terms:
            for phrase, others in table.get(term, ()):
                end = start + len(phrase)
                if end <= len(words) and all(map(_share, phrase, words[start:end])):
                    found.setdefault((start, end), {}).update(dict.fromkeys(others))
    out: list[Said] = []
    taken: set[int] = set()
    for start, end in sorted(found, key=lambda span: (span[0] - span[1], span)):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            out.append(Said(start, end, tuple(found[start, end])))
    return out


def _share(terms: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return not set(terms).isdisjoint(others)
