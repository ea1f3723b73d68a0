"""What other choices cost: another seller for a line, the best without a seller, all from one, other aims."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.assignment.costs import Bill, bill_of
from core.assignment.polishing import Ledger
from core.assignment.problem import UNTOLD, Aim, Problem
from core.assignment.results import LineChange, OneSeller, OtherWay, Proof, SellerChange, Way

if TYPE_CHECKING:
    from core.assignment.solving import Clock, Outcome

    Best = Callable[[Problem, Clock], Outcome]


def line_changes(problem: Problem, choice: dict[int, int]) -> tuple[LineChange, ...]:
    """For each line that one seller has, the next best that fills as much, everything else as it is."""
    ledger = Ledger(problem, choice)
    held: dict[int, list[int]] = {}
    for key in choice:
        held.setdefault(problem.quote[key].line, []).append(key)
    found = []
    for line in problem.lines:
        keys = held.get(line.key, [])
        if len(keys) != 1:
            continue
        old, taken = problem.quote[keys[0]], choice[keys[0]]
        others = [
            (change, problem.seller[quote.seller].rank, quote.key)
            for quote in problem.allowed[line.key]
            if quote.key != old.key
            and problem.most_of(quote) >= taken
            and (
                problem.most_of(quote) == taken
                or (problem.is_shared(quote) and not taken % problem.step_of(quote))
            )
            and (change := ledger.difference(old, taken, quote, taken)) is not None
        ]
        best = min(others, default=None)
        found.append(LineChange(line.key, best[2] if best else None, best[0] if best else 0))
    return tuple(found)


def without_each(problem: Problem, outcome: Outcome, clock: Clock, best: Best) -> tuple[SellerChange, ...]:
    """For each seller that has a part, as many as the time allows; who has the most comes first."""
    found = []
    for key in sorted(outcome.bill.goods, key=lambda each: (-outcome.bill.goods[each], each)):
        if clock.left <= 0:
            break
        other = best(problem.without(key), clock)
        found.append(
            SellerChange(
                key,
                other.bill.total - outcome.bill.total,
                outcome.bill.full - other.bill.full,
                other.is_proven and outcome.is_proven,
            )
        )
    return tuple(found)


def one_seller(problem: Problem, outcome: Outcome, clock: Clock, best: Best) -> OneSeller | None:
    """The one that fills the most lines, then the cheapest; of sellers, each is looked at."""
    if outcome.bill.sellers < 2:
        return None
    ways = []
    for key in problem.by_seller:
        bill = _alone(problem, key, clock, best)
        if bill is not None:
            ways.append((-bill.full, bill.missing, bill.total, problem.seller[key].rank, key))
    if not ways:
        return None
    full, _missing, total, _rank, key = min(ways)
    return OneSeller(key, total, total - outcome.bill.total, outcome.bill.full + full)


def _alone(problem: Problem, seller: int, clock: Clock, best: Best) -> Bill | None:
    """What the most costs that one seller can fill; with one quote for each line there is nothing to look for."""
    quotes = problem.by_seller[seller]
    if len({quote.line for quote in quotes}) == len(quotes):
        bill = bill_of(problem, {quote.key: problem.most_of(quote) for quote in quotes})
        return bill if bill.is_allowed else None
    alone = best(problem.only(seller), clock)
    return alone.bill if alone.choice else None


def other_ways(problem: Problem, outcome: Outcome, clock: Clock, best: Best) -> tuple[OtherWay, ...]:
    """The best of each way to choose, as many as the time allows, the cheapest first; `outcome` is of the problem's aim."""
    cheapest = outcome if problem.rules.aim is Aim.CHEAPEST else best(problem.aimed(Aim.CHEAPEST), clock)
    found = [_way(Way.CHEAPEST, cheapest)]
    if not cheapest.choice:
        return tuple(found)
    one = problem.aimed(Aim.CHEAPEST, most_sellers=1)
    sooner = problem.aimed(Aim.CHEAPEST).by(cheapest.bill.latest - 1)
    asked = [(Way(aim.value), problem.aimed(aim)) for aim in (Aim.FEWEST, Aim.SOONEST)]
    asked += [(Way.ONE, one)] if cheapest.bill.sellers > 1 else []
    asked += [(Way.SOONER, sooner)] if sooner.quotes else []
    asked += [(Way.WEIGHTED, problem.aimed(Aim.WEIGHTED))] if problem.is_weighed else []
    for number, (way, each) in enumerate(asked):
        if clock.left <= 0:
            break
        # Each gets its share of what is left, so that a hard one does not take all.
        share = type(clock).of(clock.left / (len(asked) - number))
        is_it = way.value == problem.rules.aim.value
        other = outcome if is_it else best(each, share)
        if other.choice:
            found.append(_way(way, other))
    return tuple(found)


def _way(way: Way, outcome: Outcome) -> OtherWay:
    bill = outcome.bill
    return OtherWay(
        way,
        dict(sorted(outcome.choice.items())),
        bill.total,
        bill.charges,
        bill.full,
        bill.sellers,
        bill.latest if outcome.choice and bill.latest < UNTOLD else None,
        proof_of(outcome),
        outcome.bound,
    )


def proof_of(outcome: Outcome) -> Proof:
    if not outcome.choice:
        return Proof.NONE
    return Proof.OPTIMAL if outcome.is_proven else Proof.BOUND
