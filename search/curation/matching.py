"""Which queries a rule of operators is for, and the rules that a query meets. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from search.analysis import query_words
from search.curation.enums import Match
from search.engines.base import QueryWord

Rule = TypeVar("Rule")
#: Of each word all its readings.
Terms = tuple[frozenset[str], ...]


def terms_of(words: Sequence[QueryWord]) -> Terms:
    return tuple(frozenset(word.terms) for word in words if word.terms)


@dataclass(frozen=True, slots=True)
class Meant:
    """The queries that have all of these words in whatever form and order; `exact`: and no others."""

    words: Terms
    exact: bool
    language: str = ""

    @classmethod
    def by(cls, words: str, match: str, language: str = "") -> Meant:
        return cls(terms_of(query_words(words)), match == Match.EXACT, language)

    def holds(self, asked: Terms, language: str) -> bool:
        """Each word of either answers to one of its own of the other, so that no word stands for two."""
        if not self.words or len(self.words) > len(asked) or self.language not in {"", language}:
            return False
        if self.exact and len(self.words) != len(asked):
            return False
        left = list(asked)
        for word in self.words:
            found = next((each for each in left if not word.isdisjoint(each)), None)
            if found is None:
                return False
            left.remove(found)
        return True


class RuleTable(Generic[Rule]):
    """Rules by the first word of the queries that they are for: a query looks at those of its own words alone."""

    def __init__(self, rules: Iterable[tuple[Meant, Rule]] = ()) -> None:
        self._rules: dict[str, list[tuple[Meant, Rule]]] = defaultdict(list)
        self._order: dict[int, int] = {}
        for number, (meant, rule) in enumerate(rules):
            self._order[id(meant)] = number
            for term in meant.words[0] if meant.words else ():
                self._rules[term].append((meant, rule))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def of(self, words: str, language: str = "") -> list[Rule]:
        """Those that are for the query, in their own order."""
        if not self._rules:
            return []
        asked = terms_of(query_words(words))
        near = {
            id(meant): (meant, rule)
            for word in asked
            for term in word
            for meant, rule in self._rules.get(term, ())
        }
        met = [
            (self._order[number], rule)
            for number, (meant, rule) in near.items()
            if meant.holds(asked, language)
        ]
        return [rule for _number, rule in sorted(met, key=lambda each: each[0])]


class StopTable:
    """Words that say nothing about what is wanted, by their first reading. They act on queries alone."""

    def __init__(self, words: Iterable[tuple[str, str]] = ()) -> None:
        self._spoken: dict[str, set[str]] = defaultdict(set)
        for word, language in words:
            for each in query_words(word)[:1]:
                self._spoken[each.terms[0]].add(language)

    def __bool__(self) -> bool:
        return bool(self._spoken)

    def has(self, word: QueryWord, language: str = "") -> bool:
        spoken = self._spoken.get(word.terms[0], ()) if word.terms else ()
        return bool(spoken) and ("" in spoken or not language or language in spoken)

    def kept(self, words: tuple[QueryWord, ...], language: str = "") -> tuple[QueryWord, ...]:
        """The words without them, unless there is nothing else."""
        if not self._spoken:
            return words
        return tuple(word for word in words if not self.has(word, language)) or words


NO_STOPS: Final = StopTable()
