"""What speaks for a hit beside its words: the category that the words mean, stock, freshness, price, vendor. Pure.

Each reason gives a share from 0 to 1 of its points (`search.tuning.weights`), so all of them together stay within the
bound. Nobody can pay for any of it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from search.engines.base import Candidate
from search.query import Why
from search.tuning.weights import POINT, Secondary

if TYPE_CHECKING:
    from search.standings import Standing

_DAY: Final = 86_400.0
#: Days after which nothing is left of freshness; they are what an offer holds by default (catalog.freshness).
STALEST: Final = 30.0
#: A vendor's quality from which it is a reason of its own.
TRUSTED: Final = 0.8
#: To order or to be asked about, which stands between in stock and none.
_TO_BE_HAD: Final = 8 / 11
_STOCK: Final[Mapping[str, float]] = {"in_stock": 1.0, "none": 0.0}
#: Prices of other goods say less than those of the same good.
_OTHER_GOODS: Final = 0.5
#: What the words mean is told by the best: so many, and none further from the best of all than this.
_VOTERS, _NEAR = 60, 1.0
#: Fewer say nothing; of what they say, this share must agree.
_FEWEST, _AGREED = 3, 0.6


class Beside:
    """Of the candidates of one query, whose prices are compared with each other."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        secondary: Secondary,
        standings: Mapping[int, Standing],
        now: float,
        *,
        category: int | None,
    ) -> None:
        self._points = secondary
        self._standings = standings
        self._now = now
        self._category = category
        self._prices = sorted(each.price for each in candidates if each.price is not None)
        same: dict[int, list[int]] = defaultdict(list)
        for each in candidates:
            if each.price is not None:
                same[each.group].append(each.price)
        self._same = {group: prices for group, prices in same.items() if len(prices) > 1}
        self._supplies: dict[int, tuple[float, bool, bool]] = {}

    def of(self, candidate: Candidate) -> tuple[float, tuple[Why, ...]]:
        """What is added to the score, and the reasons that a reader is told."""
        points = self._points
        supply = self._supplies.get(candidate.supply)
        if supply is None:
            supply = self._supplies[candidate.supply] = self._of_supply(candidate.supply)
        total, is_fresh, is_trusted = supply
        why = []
        if self._category is not None and self._category in candidate.categories:
            total += points.category
            why.append(Why.CATEGORY)
        total += points.availability * _STOCK.get(candidate.availability, _TO_BE_HAD)
        if candidate.availability == "in_stock":
            why.append(Why.AVAILABLE)
        if is_fresh:
            why.append(Why.FRESH)
        price = candidate.price
        if price is not None:
            same = self._same.get(candidate.group)
            if same is not None:
                total += points.price * _cheapness(price, same)
                if price == min(same):
                    why.append(Why.CHEAPEST)
            elif len(self._prices) > 1:
                dearer = len(self._prices) - bisect_right(self._prices, price)
                total += points.price * _OTHER_GOODS * dearer / (len(self._prices) - 1)
        if is_trusted:
            why.append(Why.TRUSTED)
        return total * POINT, tuple(why)

    def _of_supply(self, supply: int) -> tuple[float, bool, bool]:
        """Points for freshness and the vendor, and whether each is worth telling."""
        standing = self._standings.get(supply)
        if standing is None:
            return 0.0, False, False
        days = max(0.0, (self._now - standing.confirmed_at) / _DAY)
        freshness = max(0.0, min(1.0, (STALEST - days) / (STALEST - 1)))
        quality = max(0.0, min(1.0, standing.quality))
        total = self._points.freshness * freshness + self._points.quality * quality
        return total, days < 1, quality >= TRUSTED


def _cheapness(price: int, same: Sequence[int]) -> float:
    """1 for the lowest price of a good, 0 for its highest; all equal: 1."""
    low, high = min(same), max(same)
    return 1.0 if high == low else (high - price) / (high - low)


def meant_category(named: Iterable[tuple[float, Candidate]]) -> int | None:
    """The deepest category that most of what the words name is in: of the most relevant of those whose titles name what
    is asked for, by (relevance, candidate).

    A source counts by the root of how many of them it has: one vendor with many goods in a place of its own does not
    decide alone.
    """
    ordered = sorted(named, key=lambda each: (-each[0], each[1].id))
    best = [each for relevance, each in ordered[:_VOTERS] if relevance > ordered[0][0] - _NEAR]
    if len(best) < _FEWEST:
        return None
    by_source = Counter((each.categories, each.supply) for each in best)
    votes: dict[tuple[int, ...], float] = defaultdict(float)
    for (path, _supply), count in by_source.items():
        votes[path] += math.sqrt(count)
    needed = sum(votes.values()) * _AGREED
    meant: tuple[int, ...] = ()
    while True:
        below: dict[tuple[int, ...], float] = defaultdict(float)
        for path, share in votes.items():
            if path[: len(meant)] == meant and len(path) > len(meant):
                below[path[: len(meant) + 1]] += share
        chosen = max(below, key=lambda path: (below[path], -path[-1]), default=())
        if not chosen or below[chosen] < needed:
            return meant[-1] if meant else None
        meant = chosen
