"""How rare words and letter groups are in a body of titles, for weighing what two titles share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from price_lists.identity.facts import Facts, read_facts
from price_lists.identity.records import Record

GRAM = 3


def grams(spelling: str) -> set[str]:
    """Groups of three letters, the bounds of words among them."""
    padded = f" {spelling} "
    return {padded[at : at + GRAM] for at in range(len(padded) - GRAM + 1)}


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Facts of a record with the rarity of all that is in its title."""

    facts: Facts
    words: dict[str, float]
    total: float
    squares: float
    grams: dict[str, float]  # squared rarity
    gram_total: float


class Statistics:
    """Document frequencies of words and letter groups. Grows with `add`; kept as JSON by `to_json`."""

    def __init__(self) -> None:
        self.documents = 0
        self.words: Counter[str] = Counter()
        self.grams: Counter[str] = Counter()
        self._gram_weights: dict[str, float] = {}

    @classmethod
    def of(cls, records: Iterable[Record]) -> Statistics:
        """Statistics of titles; of a large body a sample of some 100,000 does as well."""
        statistics = cls()
        for record in records:
            statistics.add(read_facts(record))
        return statistics

    def add(self, facts: Facts) -> None:
        self.documents += 1
        self.words.update(facts.counts.keys())
        self.grams.update(grams(facts.spelling))
        self._gram_weights.clear()

    def rarity(self, word: str) -> float:
        """Inverse document frequency between 0 (in every title) and 1 (in at most one)."""
        return self._rarity(self.words.get(word, 1))

    def _rarity(self, frequency: int) -> float:
        most = self.documents + 1
        return math.log(most / (frequency + 0.5)) / math.log(most * 2) if most > frequency else 0.0

    def weigh(self, facts: Facts) -> Weighed:
        words = {word: self.rarity(word) for word in facts.counts}
        weights = self._gram_weights
        found: dict[str, float] = {}
        for gram in grams(facts.spelling) if facts.spelling else ():
            weight = weights.get(gram)
            if weight is None:
                weight = weights[gram] = self._rarity(self.grams.get(gram, 1)) ** 2
            found[gram] = weight
        return Weighed(
            facts,
            words,
            sum(words.values()),
            sum(value * value for value in words.values()),
            found,
            sum(found.values()),
        )

    def to_json(self) -> dict[str, Any]:
        """Words seen once are left out: an unknown word is as rare."""
        return {
            "documents": self.documents,
            "words": {word: count for word, count in self.words.items() if count > 1},
            "grams": {gram: count for gram, count in self.grams.items() if count > 1},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Statistics:
        statistics = cls()
        statistics.documents = int(data["documents"])
        statistics.words.update(data["words"])
        statistics.grams.update(data["grams"])
        return statistics
