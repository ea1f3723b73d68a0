"""The row's categories by the words of their names in all languages and of what stands above: what is known at first."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from core import text

#: What one of a vendor's own words is worth, counted from the leaf: "Office / Stationery / Staplers".
_LEVEL_WEIGHTS = (1.0, 0.8, 0.6, 0.5)
_TITLE_WEIGHT = 0.8
#: Another word for the same thing, by the row's own list.
_OTHER_WORD = 0.85

Synonyms = Callable[[tuple[str, ...]], tuple[str, ...]]


class Node(NamedTuple):
    """A category of the row, after the one that it stands in. `names` by language, empty ones left out."""

    category: int
    names: tuple[str, ...]
    above: int | None
    leaf: bool


class Tree:
    """`nodes` from the top down. `synonyms` gives other terms for terms."""

    def __init__(self, nodes: Iterable[Node], synonyms: Synonyms = lambda _terms: ()) -> None:
        self.names: dict[int, list[frozenset[str]]] = {}
        self.above: dict[int, frozenset[str]] = {}
        self.leaf: dict[int, bool] = {}
        self.synonyms = synonyms
        for node in nodes:
            said = dict.fromkeys(words_of(name) for name in node.names)
            self.names[node.category] = [words for words in said if words]
            self.above[node.category] = (
                frozenset().union(*self.names[node.above]) | self.above[node.above]
                if node.above in self.names
                else frozenset()
            )
            self.leaf[node.category] = node.leaf
        holders = Counter(word for names in self.names.values() for word in frozenset().union(*names))
        total = max(len(self.names), 1)
        self.weight = {word: math.log(1 + total / number) for word, number in holders.items()}
        self.unknown = math.log(1 + total)
        self.of_word: dict[str, set[int]] = defaultdict(set)
        for category, names in self.names.items():
            for word in frozenset().union(*names):
                self.of_word[word].add(category)

    def best(self, path: Sequence[str], titles: Sequence[str]) -> tuple[int | None, float]:
        ranked = self.ranked(path, titles)
        if not ranked:
            return None, 0.0
        category, score = ranked[0]
        if len(ranked) > 1 and score < 0.95:
            # Two that are as good as each other are no certainty.
            score *= 1 - 0.3 * max(0.0, 1 - (score - ranked[1][1]) / 0.1)
        return category, score

    def ranked(self, path: Sequence[str], titles: Sequence[str]) -> list[tuple[int, float]]:
        parts = [words_of(part) for part in reversed(path)]
        others = [frozenset(self.synonyms(tuple(sorted(part)))) - part for part in parts]
        words_of_titles = [words_of(title) for title in titles]
        wanted = frozenset().union(*parts, *others, *words_of_titles)
        candidates = set().union(*(self.of_word[word] for word in wanted if word in self.of_word))
        context = frozenset().union(*parts[1:]) if len(parts) > 1 else frozenset()
        scored = []
        for category in candidates:
            by_path = max(
                (
                    weight * self._likeness(part, name, other)
                    for weight, part, other in zip(_LEVEL_WEIGHTS, parts, others, strict=False)
                    for name in self.names[category]
                ),
                default=0.0,
            )
            by_titles = _TITLE_WEIGHT * self._share(category, words_of_titles)
            score = 1 - (1 - by_path) * (1 - by_titles)
            if context & self.above[category]:
                score += 0.05
            if self.leaf[category]:
                score += 0.01
            scored.append((category, min(score, 0.99)))
        return sorted(scored, key=lambda each: (-each[1], each[0]))

    def _likeness(self, part: frozenset[str], name: frozenset[str], others: frozenset[str]) -> float:
        """Shared weight of the words over all of them (Dice)."""
        own = part & name
        shared = sum(self.weight.get(word, self.unknown) for word in own)
        meant = (others & name) - own
        if meant and len(own) < len(part):
            shared += _OTHER_WORD * sum(self.weight.get(word, self.unknown) for word in meant)
        if not shared:
            return 0.0
        both = sum(self.weight.get(word, self.unknown) for word in part)
        both += sum(self.weight.get(word, self.unknown) for word in name)
        return min(2 * shared / both, 1.0)

    def _share(self, category: int, titles: list[frozenset[str]]) -> float:
        """Share of the titles that hold all words of one of the category's names."""
        if not titles:
            return 0.0
        named = sum(any(name <= title for name in self.names[category]) for title in titles)
        return named / len(titles)


def words_of(said: str) -> frozenset[str]:
    return frozenset(term for term in text.index_terms(said) if len(term) > 1 and not term.isdigit())
