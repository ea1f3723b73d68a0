"""Choices without a solver: one to begin with, and a given one made better move by move, in exact arithmetic."""

from __future__ import annotations

from collections import Counter

from core.assignment.costs import Objective, bill_of, objective_of, tie_of
from core.assignment.problem import Aim, Choice, Problem, Quote, amount_of, days_of

Rated = tuple[Objective, tuple[int, tuple[int, ...]]]
PASSES = 20


def rated(problem: Problem, choice: Choice) -> Rated | None:
    """What choices are compared by, equals too; None for one that breaks a rule."""
    bill = bill_of(problem, choice)
    return (objective_of(problem, bill), tie_of(problem, choice)) if bill.is_allowed else None


def quick_choice(problem: Problem) -> dict[int, int]:
    """An allowed one that fills much: each line from its cheapest, without those who get too little or are too many."""
    barred: set[int] = set()
    while True:
        choice = {}
        for quotes in problem.allowed.values():
            open_to = [quote for quote in quotes if quote.seller not in barred]
            if open_to:
                best = min(open_to, key=lambda quote: (-problem.most_of(quote), _price(problem, quote)))
                choice[best.key] = problem.most_of(best)
        bill = bill_of(problem, choice)
        most = problem.rules.most_sellers
        too_many = most is not None and bill.sellers > most
        if not bill.lacking and not too_many:
            return choice
        among = bill.goods if too_many else bill.lacking
        barred.add(min(among, key=lambda key: (bill.goods[key], -problem.seller[key].rank)))


def _price(problem: Problem, quote: Quote) -> int:
    most = problem.most_of(quote)
    return quote.cost_of(most) + amount_of(problem.handicap.get(quote.key, 0), most)


def polished(problem: Problem, choice: Choice) -> dict[int, int]:
    """The same or better: lines that one seller has go to another as long as that helps, equals to the earlier.

    Takes an allowed choice. Moves keep what is filled and what the aim measures before the total, so that the
    difference that two sellers' sums make is the whole difference.
    """
    best, ledger = dict(choice), Ledger(problem, choice)
    latest = max((days_of(problem.quote[key]) for key in best), default=0)
    for _pass in range(PASSES):
        moved = False
        for line in problem.lines:
            held = [key for key in best if problem.quote[key].line == line.key] if line.may_split else []
            if len(held) > 1:
                continue
            now = held[0] if held else ledger.holder.get(line.key)
            if now is None:
                continue
            for other in problem.allowed[line.key]:
                old = problem.quote[now]
                if other.key == now or problem.most_of(other) != best[now]:
                    continue
                if problem.rules.aim is Aim.SOONEST and days_of(other) > latest:
                    continue
                change = ledger.difference(old, best[now], other, best[now])
                if change is None or not _is_better(ledger, old, other, best[now], change):
                    continue
                ledger.move(old, best[now], other, best[now])
                best[other.key] = best.pop(now)
                now, moved = other.key, True
        if not moved:
            break
    return best


def _is_better(ledger: Ledger, old: Quote, new: Quote, quantity: int, change: int) -> bool:
    problem = ledger.problem
    handicap = problem.handicap
    change += amount_of(handicap.get(new.key, 0), quantity) - amount_of(handicap.get(old.key, 0), quantity)
    if problem.rules.aim is Aim.FEWEST:
        more = ledger.more_sellers(old, new)
        if more:
            return more < 0
    earlier = (problem.seller[new.seller].rank, new.key) < (problem.seller[old.seller].rank, old.key)
    return change < 0 or (change == 0 and earlier)


class Ledger:
    """Goods by seller of a choice, so that one move is judged by the two sellers that it is between."""

    def __init__(self, problem: Problem, choice: Choice) -> None:
        self.problem = problem
        self.goods: Counter[int] = Counter()
        self.parts: Counter[int] = Counter()
        self.holder: dict[int, int] = {}  # by line; of one that several share any of them
        for key, quantity in choice.items():
            quote = problem.quote[key]
            self.holder[quote.line] = key
            self.goods[quote.seller] += quote.cost_of(quantity)
            self.parts[quote.seller] += 1

    def difference(self, old: Quote, quantity: int, new: Quote, taken: int) -> int | None:
        """What moving a line from one quote to another adds to the total; None where that breaks a rule."""
        problem = self.problem
        minus, plus = old.cost_of(quantity), new.cost_of(taken)
        sellers = {
            old.seller: (-minus, -1),
            new.seller: (plus, 1),
        } if old.seller != new.seller else {old.seller: (plus - minus, 0)}  # fmt: skip
        total, count = 0, sum(1 for parts in self.parts.values() if parts)
        for key, (amount, parts) in sellers.items():
            seller = problem.seller[key]
            before, after = self.goods[key], self.goods[key] + amount
            was, will = self.parts[key] > 0, self.parts[key] + parts > 0
            count += will - was
            if will and after < seller.minimum:
                return None
            total += amount
            total += (seller.delivery_for(after) if will else 0) - (seller.delivery_for(before) if was else 0)
        most = problem.rules.most_sellers
        return None if most is not None and count > most else total

    def move(self, old: Quote, quantity: int, new: Quote, taken: int) -> None:
        self.goods[old.seller] -= old.cost_of(quantity)
        self.parts[old.seller] -= 1
        self.goods[new.seller] += new.cost_of(taken)
        self.parts[new.seller] += 1
        self.holder[new.line] = new.key

    def more_sellers(self, old: Quote, new: Quote) -> int:
        if old.seller == new.seller:
            return 0
        return (self.parts[new.seller] == 0) - (self.parts[old.seller] == 1)
