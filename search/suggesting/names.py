"""Names found by the beginnings of their words, or by other forms of whole words («ручок» finds Ручки)."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from core import text
from core.text.tokens import STOP

_WORD = re.compile(r"[^\W_]+")
_LAST = "\U0010ffff"  # sorts after every letter
#: Letters from which on a word of a name may have a slip, and two.
_SLIPS_FROM, _TWO_SLIPS_FROM = 5, 9


def folded_words(name: str) -> tuple[str, ...]:
    """The words of a name or of a question in the form in which they are compared."""
    return tuple(_WORD.findall(text.fold(name)))


@dataclass(frozen=True, slots=True)
class Name:
    """One thing with all its names (languages, spellings). `weight`: among equals the higher comes first."""

    id: int
    names: tuple[str, ...]
    weight: int = 0


class NameIndex:
    """Made once and asked often: a look-up costs a few bisections."""

    def __init__(self, named: Iterable[Name], *, by_form: bool = True) -> None:
        """`by_form`: whole words are found by their other forms, too; names of companies have none."""
        self._weights: dict[int, int] = {}
        self._begin: dict[int, tuple[str, ...]] = {}
        self._by_term: dict[str, set[int]] = {}
        words: set[tuple[str, int]] = set()
        for each in named:
            spelt = [folded_words(name) for name in each.names if name]
            self._weights[each.id] = each.weight
            self._begin[each.id] = tuple(" ".join(one) for one in spelt)
            words.update((word, each.id) for one in spelt for word in one)
            if by_form:
                for name in each.names:
                    for token in text.tokens(name):
                        if token.kind != STOP:
                            for term in token.terms:
                                self._by_term.setdefault(term, set()).add(each.id)
        self._words = sorted(words)

    def __len__(self) -> int:
        return len(self._weights)

    def starting(self, typed: str, *, limit: int, whole: bool = False) -> list[int]:
        """Ids of the names that have all words of `typed`, the last one as a beginning (`whole`: as a word). Those
        that begin like it come first, then the heavier ones.
        """
        words = folded_words(typed)
        if not words or limit < 1:
            return []
        found: set[int] | None = None
        for place, word in enumerate(words):
            is_begun = place == len(words) - 1 and not whole
            these = self._beginning(word) if is_begun or len(word) > 1 else self._equal(word)
            these = these | self._other_forms(word)
            found = these if found is None else found & these
            if not found:
                return []
        start = " ".join(words)
        return sorted(found or (), key=lambda pk: (not self._begins(pk, start), -self._weights[pk], pk))[
            :limit
        ]

    def near(self, typed: str, *, limit: int) -> list[int]:
        """Ids of the names that have all words of `typed` but for a slip in a long one, or two in a very long one; the
        last may be a beginning. The first letter must be right, so that only few are looked at. Fewest slips first.
        """
        slips: dict[int, int] | None = None
        words = folded_words(typed)
        for place, word in enumerate(words):
            these = self._slipped(word, is_begun=place == len(words) - 1)
            if slips is None:
                slips = these
            else:
                slips = {pk: slips[pk] + number for pk, number in these.items() if pk in slips}
        best = slips or {}
        return sorted(best, key=lambda pk: (best[pk], -self._weights[pk], pk))[:limit]

    def _slipped(self, word: str, *, is_begun: bool) -> dict[int, int]:
        most = 0 if len(word) < _SLIPS_FROM else 1 if len(word) < _TWO_SLIPS_FROM else 2
        found: dict[int, int] = {}
        low = bisect.bisect_left(self._words, (word[:1], -1))
        high = bisect.bisect_left(self._words, (word[:1] + _LAST, -1))
        for known, pk in self._words[low:high]:
            ends = range(len(word) - 1, len(word) + 2) if is_begun else (len(known),)
            slips = min(OSA.distance(word, known[:end], score_cutoff=most) for end in ends)
            if slips <= most:
                found[pk] = min(slips, found.get(pk, slips))
        return found

    def heaviest(self, limit: int) -> list[int]:
        return sorted(self._weights, key=lambda pk: (-self._weights[pk], pk))[:limit]

    def _begins(self, pk: int, start: str) -> bool:
        return any(name.startswith(start) for name in self._begin[pk])

    def _beginning(self, start: str) -> set[int]:
        low = bisect.bisect_left(self._words, (start, -1))
        high = bisect.bisect_left(self._words, (start + _LAST, -1))
        return {pk for _, pk in self._words[low:high]}

    def _equal(self, word: str) -> set[int]:
        low = bisect.bisect_left(self._words, (word, -1))
        high = bisect.bisect_left(self._words, (word + " ", -1))
        return {pk for _, pk in self._words[low:high]}

    def _other_forms(self, word: str) -> set[int]:
        if len(word) < 3 or not self._by_term:
            return set()
        known: Sequence[set[int]] = [
            self._by_term[term]
            for token in text.tokens(word)
            for term in token.terms
            if term in self._by_term
        ]
        return set().union(*known)
