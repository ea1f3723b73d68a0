"""What a choice costs, in whole minor units: the only arithmetic that an answer is told in and compared by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from core.assignment.problem import Aim, Choice, Problem, amount_of, days_of

#: Smaller is better: lines not filled, the share of them that is missing, then what the aim measures.
Objective = tuple[int, Fraction, int, int]


@dataclass(frozen=True, slots=True)
class Bill:
    """`goods`, `deliveries` and `lacking` are by seller; `lacking` is what misses to a minimum order.

    `charges` is what days and scores weigh, never paid. `full` and `partly` count lines; `missing` is the share of
    lines that nobody fills, `breaches` the rules that the choice breaks besides.
    """

    goods: dict[int, int]
    deliveries: dict[int, int]
    lacking: dict[int, int]
    charges: int
    full: int
    partly: int
    missing: Fraction
    latest: int
    breaches: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.goods.values()) + sum(self.deliveries.values())

    @property
    def sellers(self) -> int:
        return len(self.goods)

    @property
    def is_allowed(self) -> bool:
        return not self.lacking and not self.breaches


def bill_of(problem: Problem, choice: Choice) -> Bill:
    """Of any choice, one that a person made too. Raises KeyError for a quote that there is not."""
    goods: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    parts: Counter[int] = Counter()
    groups: Counter[int] = Counter()
    charges, latest = 0, 0
    breaches = []
    for key, quantity in choice.items():
        quote = problem.quote[key]
        goods[quote.seller] += quote.cost_of(quantity)
        charges += amount_of(problem.handicap.get(key, 0), quantity)
        taken[quote.line] += quantity
        parts[quote.line] += 1
        groups[quote.group] += quote.group != 0
        latest = max(latest, days_of(quote))
        most = problem.most_of(quote)
        if not 0 < quantity <= most or (
            quantity < most and (not problem.is_shared(quote) or quantity % problem.step_of(quote))
        ):
            breaches.append("quantity")
        if not problem.allows(quote):
            breaches.append("forbidden")
    missing, full = Fraction(0), 0
    for line in problem.lines:
        if taken[line.key] >= line.quantity:
            full += 1
        else:
            missing += 1 - Fraction(taken[line.key], line.quantity)
        if taken[line.key] > line.quantity:
            breaches.append("too_much")
        if parts[line.key] > 1 and not line.may_split:
            breaches.append("split")
    if any(times > 1 for times in groups.values()):
        breaches.append("group")
    most_sellers = problem.rules.most_sellers
    if most_sellers is not None and len(goods) > most_sellers:
        breaches.append("sellers")
    return Bill(
        goods=dict(goods),
        deliveries={key: problem.seller[key].delivery_for(amount) for key, amount in goods.items()},
        lacking={
            key: problem.seller[key].minimum - amount
            for key, amount in goods.items()
            if amount < problem.seller[key].minimum
        },
        charges=charges,
        full=full,
        partly=len(taken) - full,
        missing=missing,
        latest=latest,
        breaches=tuple(breaches),
    )


def objective_of(problem: Problem, bill: Bill) -> Objective:
    """What choices are compared by."""
    first = {Aim.FEWEST: bill.sellers, Aim.SOONEST: bill.latest}.get(problem.rules.aim, 0)
    return (len(problem.lines) - bill.full, bill.missing, first, bill.total + bill.charges)


def tie_of(problem: Problem, choice: Choice) -> tuple[int, tuple[int, ...]]:
    """Among equals the earlier: the sum of the ranks of those who get a part, then the quotes themselves."""
    ranks = sum(problem.seller[problem.quote[key].seller].rank for key in choice)
    return ranks, tuple(sorted(choice))
