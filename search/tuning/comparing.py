"""Two answers to the same searches side by side: which lists changed, how far offers moved, how many more were found.

Pure: lists of offers' ids in, figures out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

#: Places that are compared: what people look at.
FIRST: Final = 10
#: Most changed searches that are kept with both their lists.
KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as people made it: its words, its language, how often."""

    words: str
    language: str
    times: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer: how many offers there are, and the first of them."""

    total: int
    offers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """One search whose first ten are others than before, or that finds another number of offers. `distance` is the sum
    of the places that offers moved; one that came or went counts as from or to the place after the last.
    """

    asked: Asked
    before: Listed
    after: Listed
    distance: int
    came: int


@dataclass(slots=True)
class Figures:
    """Over all searches of a replay; `_times` count how often people made them."""

    searches: int = 0
    times: int = 0
    changed: int = 0
    changed_times: int = 0
    moved: int = 0  # places, over all that stayed among the first ten
    stayed: int = 0
    came: int = 0  # offers that are among the first ten only now
    hits_before: int = 0
    hits_after: int = 0
    more: int = 0  # searches with more hits than before
    fewer: int = 0
    answered: int = 0  # that found nothing before and something now


class Comparison:
    """Takes one pair of answers after another."""

    def __init__(self) -> None:
        self.figures = Figures()
        self._changed: list[Changed] = []

    def add(self, asked: Asked, before: Listed, after: Listed) -> None:
        figures = self.figures
        figures.searches += 1
        figures.times += asked.times
        figures.hits_before += before.total
        figures.hits_after += after.total
        figures.more += after.total > before.total
        figures.fewer += after.total < before.total
        figures.answered += bool(after.total and not before.total)
        left, right = before.offers[:FIRST], after.offers[:FIRST]
        if left == right:
            if before.total != after.total:
                self._changed.append(Changed(asked, before, after, 0, 0))
            return
        figures.changed += 1
        figures.changed_times += asked.times
        distance, came = 0, 0
        for offer in {*left, *right}:
            distance += abs(_place(left, offer) - _place(right, offer))
            if offer not in left:
                came += 1
            elif offer in right:
                figures.stayed += 1
                figures.moved += abs(left.index(offer) - right.index(offer))
        figures.came += came
        self._changed.append(Changed(asked, before, after, distance, came))

    def most_changed(self) -> list[Changed]:
        """The furthest first, then those with more hits alone; of equals what people search for more often."""
        self._changed.sort(key=lambda each: (-each.distance, -each.asked.times, each.asked.words))
        return self._changed[:KEPT]


def _place(offers: Sequence[int], offer: int) -> int:
    return offers.index(offer) if offer in offers else len(offers)


def listed(changed: Changed, titles: dict[int, str]) -> dict[str, Any]:
    """For keeping: both lists with titles, and how each offer of the later one moved (None: it was not there)."""
    left, right = changed.before.offers[:FIRST], changed.after.offers[:FIRST]
    return {
        "words": changed.asked.words,
        "times": changed.asked.times,
        "before": {
            "total": changed.before.total,
            "offers": [
                {"id": offer, "title": titles.get(offer, ""), "gone": offer not in right} for offer in left
            ],
        },
        "after": {
            "total": changed.after.total,
            "offers": [
                {
                    "id": offer,
                    "title": titles.get(offer, ""),
                    "up": left.index(offer) - place if offer in left else None,
                }
                for place, offer in enumerate(right)
            ],
        },
    }
