"""Other words for one thing, which find but count less: the row's own list, and the table of what operators add."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core import text
from core.text.tokens import STOP, Token

if TYPE_CHECKING:
    from search.engines.base import QueryWord

_LIST = Path(__file__).resolve().parent / "synonyms.tsv"


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Term → terms of its synonyms."""
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        terms = [tuple(text.index_terms(word)) for word in line.split("\t")]
        for place, own in enumerate(terms):
            others = [term for other, group in enumerate(terms) if other != place for term in group]
            for term in own:
                table[term].update(dict.fromkeys(others))
    return {term: tuple(found) for term, found in table.items()}


def synonyms(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Terms of other words for what `terms` may mean, without themselves."""
    table = _table()
    found = dict.fromkeys(other for term in terms for other in table.get(term, ()))
    return tuple(other for other in found if other not in terms)


def own_list() -> list[tuple[str, ...]]:
    """The words of the row's own list, one thing a line."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def told_words(phrase: str) -> list[Token]:
    """The words of a phrase that say something."""
    return [token for token in text.tokens(phrase) if token.kind != STOP]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Who asks for `asked`, words in this order, is also answered by what has all of `also`: of each word its terms. On
    pages of `language`, or of any.
    """

    asked: tuple[frozenset[str], ...]
    also: tuple[tuple[str, ...], ...]
    language: str


class SynonymTable:
    """Pairs of phrases of which the first is also answered by the second. They act on queries alone: nothing in an index
    depends on them.
    """

    def __init__(self, pairs: Iterable[tuple[str, str] | tuple[str, str, str]] = ()) -> None:
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        for asked, also, *spoken in pairs:
            rule = _Rule(
                tuple(frozenset(token.terms) for token in told_words(asked)),
                tuple(token.terms for token in told_words(also)),
                spoken[0] if spoken else "",
            )
            if rule.asked and rule.also:
                for term in rule.asked[0]:
                    self._rules[term].append(rule)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def widened(self, words: Sequence[QueryWord], language: str = "") -> tuple[QueryWord, ...]:
        """The words with what else answers them. One word that stands for a phrase stands for each word of it. With a
        language, pairs of other languages are left out.
        """
        out = list(words)
        if not self._rules:
            return tuple(out)
        for place, word in enumerate(words):
            for rule in dict.fromkeys(rule for term in word.terms for rule in self._rules.get(term, ())):
                if language and rule.language not in {"", language}:
                    continue
                span = range(place, place + len(rule.asked))
                if span.stop <= len(words) and all(
                    not own.isdisjoint(words[at].terms) for at, own in zip(span, rule.asked, strict=True)
                ):
                    for at in span:
                        out[at] = _with(out[at], rule.also)
        return tuple(out)


def _with(word: QueryWord, also: tuple[tuple[str, ...], ...]) -> QueryWord:
    if len(also) == 1:
        more = [term for term in also[0] if term not in word.terms and term not in word.weaker]
        return replace(word, weaker=(*word.weaker, *more))
    # A word has one phrase beside it: its own parts, if it is a compound.
    return word if word.parts else replace(word, parts=also)


NO_SYNONYMS: Final = SynonymTable()
