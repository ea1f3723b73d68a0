"""What is asked of the optimiser: lines, sellers, quotes and the buyer's rules, as values that cannot change."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import gcd

#: {quote: quantity in thousandths}: how much is taken of which quote.
Choice = Mapping[int, int]

#: A piece: quantities of a line that is shared out go in pieces where all its quantities are whole.
PIECE = 1_000
#: Days of a quote that tells none: later than any that is told.
UNTOLD = 100_000
#: The highest score.
BEST = 100


class Aim(enum.StrEnum):
    """What is best, after as many lines as can be are filled. Each ends in: then the cheapest, then the earlier quote."""

    CHEAPEST = "cheapest"  # goods and deliveries together
    FEWEST = "fewest"  # sellers
    SOONEST = "soonest"  # the day of the last delivery
    WEIGHTED = "weighted"  # the total and what days and scores add to it


@dataclass(frozen=True, slots=True)
class Line:
    """`only` names the sellers that may have it (empty: all), `never` those that may not."""

    key: int
    quantity: int
    may_split: bool = False
    only: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Seller:
    """`free_from`: goods of so much are delivered for nothing (None: never). `minimum`: it sells for no less.

    `scores` are one of 0 to 100 for each criterion, more is better. `rank` decides among equals: the lower goes first.
    `held` is what was bought of it before, with its delivery: that counts towards `free_from`, and what was paid for
    delivery comes back where it becomes free. `minimum` is what is still missing.
    """

    key: int
    rank: int
    delivery: int = 0
    free_from: int | None = None
    minimum: int = 0
    scores: tuple[int, ...] = ()
    held: int = 0

    def delivery_for(self, goods: int) -> int:
        """What it adds; below zero where it becomes free of what was paid before."""
        return self._delivery(goods + self.held) - (self._delivery(self.held) if self.held else 0)

    def _delivery(self, goods: int) -> int:
        return 0 if self.free_from is not None and goods >= self.free_from else self.delivery


@dataclass(frozen=True, slots=True)
class Quote:
    """A seller's price for up to `quantity` of a line; `breaks` are (from this quantity, this price), ascending.

    `is_whole`: all of it or nothing. More than the line asks for counts as what it asks for. `step`: a part of it is a
    multiple of so much (0: of what the line's quantities have in common). `group`: of quotes of one group (but 0) at
    most one is taken, as of a good and what its seller would deliver instead.
    """

    key: int
    line: int
    seller: int
    quantity: int
    price: int
    breaks: tuple[tuple[int, int], ...] = ()
    is_whole: bool = False
    is_substitute: bool = False
    days: int | None = None
    step: int = 0
    group: int = 0

    def price_for(self, quantity: int) -> int:
        price = self.price
        for start, lower in self.breaks:
            if quantity >= start:
                price = lower
        return price

    def cost_of(self, quantity: int) -> int:
        """Minor units, rounded half up once."""
        return amount_of(self.price_for(quantity), quantity)


def amount_of(price: int, quantity: int) -> int:
    return (price * quantity + 50_000) // 100_000


@dataclass(frozen=True, slots=True)
class Rules:
    """`weights` are of scores, in the order of the sellers' `scores`; `price_weight` is at least 1.

    They count where `aim` is WEIGHTED, and otherwise only for what that would choose instead.
    """

    aim: Aim = Aim.CHEAPEST
    most_sellers: int | None = None
    substitutes: bool = True
    price_weight: int = 1
    days_weight: int = 0
    weights: tuple[int, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Keys are unique among lines, among sellers and among quotes."""

    lines: tuple[Line, ...]
    sellers: tuple[Seller, ...]
    quotes: tuple[Quote, ...]
    rules: Rules = field(default_factory=Rules)

    @cached_property
    def line(self) -> dict[int, Line]:
        return {line.key: line for line in self.lines}

    @cached_property
    def seller(self) -> dict[int, Seller]:
        return {seller.key: seller for seller in self.sellers}

    @cached_property
    def quote(self) -> dict[int, Quote]:
        return {quote.key: quote for quote in self.quotes}

    @cached_property
    def allowed(self) -> dict[int, list[Quote]]:
        """{line: quotes that the rules leave it}, by the sellers' rank, for every line."""
        found: dict[int, list[Quote]] = {line.key: [] for line in self.lines}
        for quote in self.quotes:
            if self.allows(quote):
                found[quote.line].append(quote)
        for quotes in found.values():
            quotes.sort(key=lambda quote: (self.seller[quote.seller].rank, quote.seller, quote.key))
        return found

    def allows(self, quote: Quote) -> bool:
        line = self.line[quote.line]
        return (
            (self.rules.substitutes or not quote.is_substitute)
            and (not line.only or quote.seller in line.only)
            and quote.seller not in line.never
        )

    def most_of(self, quote: Quote) -> int:
        """As much as can be taken of it."""
        return min(quote.quantity, self.line[quote.line].quantity)

    def is_shared(self, quote: Quote) -> bool:
        """Any part of it can be taken."""
        return self.line[quote.line].may_split and not quote.is_whole

    def step_of(self, quote: Quote) -> int:
        """What a part of the quote is a multiple of; as much as can be taken may be taken besides."""
        return quote.step or self.step[quote.line]

    @cached_property
    def step(self) -> dict[int, int]:
        """{line: what quantities of its parts are multiples of}: a piece where all are whole."""
        steps = {line.key: gcd(PIECE, line.quantity) for line in self.lines}
        for quote in self.quotes:
            parts = [self.most_of(quote), *(start for start, _price in quote.breaks)]
            steps[quote.line] = gcd(steps[quote.line], *parts)
        return steps

    @cached_property
    def handicap(self) -> dict[int, int]:
        """{quote: what days and scores add to its unit price} where they are weighed, else nothing."""
        if self.rules.aim is not Aim.WEIGHTED:
            return {}
        return {key: sum(each) for key, each in self.handicaps.items()}

    @cached_property
    def handicaps(self) -> dict[int, tuple[int, ...]]:
        """{quote: what days, then each score would add to its unit price}.

        The latest of all days, and a score of 0, count like a price higher by weight / price_weight of the line's
        lowest; the soonest, and a score of 100, like no more. Days that are not told count as the latest.
        """
        rules = self.rules
        told = [quote.days for quote in self.quotes if quote.days is not None]
        soonest, latest = (min(told), max(told)) if told else (0, 0)
        lowest: dict[int, int] = {}
        for quote in self.quotes:
            price = quote.price_for(self.most_of(quote))
            lowest[quote.line] = min(price, lowest.get(quote.line, price))
        found = {}
        for quote in self.quotes:
            days = latest if quote.days is None else quote.days
            worse = [rules.days_weight * _share(days - soonest, latest - soonest)]
            scores = self.seller[quote.seller].scores
            worse += [
                weight * _share(BEST - score, BEST)
                for weight, score in zip(rules.weights, scores, strict=True)
            ]
            found[quote.key] = tuple(
                lowest[quote.line] * each // (1_000 * rules.price_weight) for each in worse
            )
        return found

    def without(self, seller: int) -> Problem:
        """The same with nothing of a seller's; scales of weights stay as they were."""
        return _Reduced(
            self.lines,
            self.sellers,
            tuple(quote for quote in self.quotes if quote.seller != seller),
            self.rules,
            self.handicap,
        )

    def only(self, seller: int) -> Problem:
        return _Reduced(
            self.lines,
            self.sellers,
            tuple(quote for quote in self.quotes if quote.seller == seller),
            self.rules,
            self.handicap,
        )

    def by(self, day: int) -> Problem:
        """The same with what is delivered by a day."""
        return replace(self, quotes=tuple(quote for quote in self.quotes if days_of(quote) <= day))

    def aimed(self, aim: Aim, *, most_sellers: int | None = None) -> Problem:
        """The same with another aim, and with so many sellers at most if that is told."""
        most = self.rules.most_sellers if most_sellers is None else most_sellers
        return replace(self, rules=replace(self.rules, aim=aim, most_sellers=most))

    @property
    def is_weighed(self) -> bool:
        return bool(self.rules.days_weight or any(self.rules.weights))

    @cached_property
    def ways(self) -> int | None:
        """How many choices there are at most; None where lines are shared out."""
        found = 1
        for line, quotes in self.allowed.items():
            if self.line[line].may_split:
                return None
            found *= len(quotes) + 1
        return found

    @cached_property
    def by_seller(self) -> dict[int, list[Quote]]:
        found: dict[int, list[Quote]] = defaultdict(list)
        for quotes in self.allowed.values():
            for quote in quotes:
                found[quote.seller].append(quote)
        return found


@dataclass(frozen=True)
class _Reduced(Problem):
    """Part of a problem, weighed as the whole was."""

    weighed: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def handicap(self) -> dict[int, int]:
        return dict(self.weighed)


def days_of(quote: Quote) -> int:
    return UNTOLD if quote.days is None else quote.days


def _share(part: int, whole: int) -> int:
    """Thousandths."""
    return part * 1_000 // whole if whole else 0
