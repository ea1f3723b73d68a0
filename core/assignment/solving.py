"""The way to an answer: what can be filled, then what the aim measures, then the total; each proven or bounded."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass
from fractions import Fraction

from core.assignment.costs import Bill, bill_of
from core.assignment.explaining import line_changes, one_seller, other_ways, proof_of, without_each
from core.assignment.polishing import polished, quick_choice, rated
from core.assignment.problem import UNTOLD, Aim, Problem, amount_of, days_of
from core.assignment.program import SLACK, TIE, TIED, Cover, Program
from core.assignment.results import Answer

#: Of the time, for finding out what can be filled and what the aim measures before the total.
SHARE_OF_STAGE = 0.4
EXACT, ROUGH = 1e-6, 0.5
#: Up to so many choices all are looked at, which takes some hundredths of a second.
TRIED = 400


@dataclass(slots=True)
class Clock:
    """Ends at a moment of the machine's steady clock."""

    until: float

    @classmethod
    def of(cls, seconds: float) -> Clock:
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        return self.until - time.monotonic()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A choice with its bill; `bound` of its total and charges, `is_proven` with all that comes before the total."""

    choice: dict[int, int]
    bill: Bill
    bound: int
    is_proven: bool
    notes: tuple[str, ...] = ()


def solve(
    problem: Problem, *, seconds: float = 10.0, explain_seconds: float = 0.0, others_seconds: float = 0.0
) -> Answer:
    """The best choice that is found in `seconds`, in `explain_seconds` more what others would cost, then other aims.

    The time is of the wall clock and kept within a tenth or so. Two calls with one problem give one choice, unless
    one of them ran out of time.
    """
    began = time.monotonic()
    outcome = best(problem, Clock.of(seconds))
    took = time.monotonic() - began
    bill = outcome.bill
    changes = line_changes(problem, outcome.choice) if explain_seconds else ()
    others = without_each(problem, outcome, Clock.of(explain_seconds), best) if explain_seconds else ()
    filled = {problem.quote[key].line for key in outcome.choice}
    return Answer(
        choice=dict(sorted(outcome.choice.items())),
        total=bill.total,
        goods=sum(bill.goods.values()),
        delivery=sum(bill.deliveries.values()),
        charges=bill.charges,
        full=bill.full,
        missing_lines=tuple(line.key for line in problem.lines if line.key not in filled),
        sellers=bill.sellers,
        latest=bill.latest if outcome.choice and bill.latest < UNTOLD else None,
        proof=proof_of(outcome),
        bound=outcome.bound,
        seconds=round(took, 3),
        lines=changes,
        without=others,
        one_seller=one_seller(problem, outcome, Clock.of(explain_seconds), best) if explain_seconds else None,
        notes=outcome.notes,
        others=other_ways(problem, outcome, Clock.of(others_seconds), best) if others_seconds else (),
    )


def best(problem: Problem, clock: Clock) -> Outcome:
    """The heart of `solve`, for questions that follow from one, too."""
    if problem.ways is not None and problem.ways <= TRIED:
        return _tried(problem)
    quick = polished(problem, quick_choice(problem))
    if _is_plain(problem):
        bill = bill_of(problem, quick)
        return Outcome(quick, bill, bill.total + bill.charges, is_proven=True)
    return _asked(problem, clock, quick)


def _asked(problem: Problem, clock: Clock, quick: dict[int, int]) -> Outcome:
    """By the solver; `quick` is an allowed choice to begin with."""
    reach = _reach(problem)
    if not any(reach.values()):
        return Outcome({}, bill_of(problem, {}), 0, is_proven=True)
    cover = Cover(reach=reach)
    outcome = _with_cover(problem, cover, clock, quick)
    if outcome is not None:
        return outcome
    # Not all that each line could have can be had at once: first as much of it as can.
    program = Program(problem)
    program.most_covered()
    found = program.ask(seconds=clock.left * SHARE_OF_STAGE, gap=1e-7)
    filled = _better(problem, found.choice, quick)
    bill = bill_of(problem, filled)
    shares = float(len(problem.lines) - bill.missing)
    again = _with_cover(problem, Cover(full=bill.full, shares=shares), clock, filled)
    if again is None:  # the solver's floats call its own choice impossible: it stands, unproven
        return Outcome(filled, bill, _plain_bound(problem, Cover()), is_proven=False, notes=("cover",))
    if not found.is_proven:
        return Outcome(again.choice, again.bill, again.bound, is_proven=False, notes=("cover",))
    return again


def _tried(problem: Problem) -> Outcome:
    """Every choice there is: where they are few that takes less than a solver's start."""
    ways: list[list[dict[int, int]]] = [
        [{}, *({quote.key: problem.most_of(quote)} for quote in quotes)]
        for quotes in problem.allowed.values()
    ]
    found = []
    for parts in itertools.product(*ways):
        choice = {key: quantity for part in parts for key, quantity in part.items()}
        rating = rated(problem, choice)
        if rating is not None:
            found.append((rating, choice))
    choice = min(found, key=lambda each: each[0])[1]
    bill = bill_of(problem, choice)
    return Outcome(choice, bill, bill.total + bill.charges, is_proven=True)


def _with_cover(problem: Problem, cover: Cover, clock: Clock, quick: dict[int, int]) -> Outcome | None:
    """The best among what fills so much; None where nothing does."""
    if problem.rules.aim is Aim.FEWEST:
        return _fewest(problem, cover, clock, quick)
    if problem.rules.aim is Aim.SOONEST:
        return _soonest(problem, cover, clock, quick)
    return _cheapest(problem, cover, clock, quick)


def _cheapest(
    problem: Problem, cover: Cover, clock: Clock, quick: dict[int, int], *, most: int | None = None
) -> Outcome | None:
    program = Program(problem)
    program.must_cover(cover)
    if most is not None:
        program.at_most_sellers(most)
    program.cheapest(cover.reach)
    small = len(program.costs) <= TIED
    found = program.ask(seconds=clock.left, gap=EXACT if small else ROUGH)
    if found.is_impossible:
        return None
    choice = _better(problem, found.choice, quick)
    bill = bill_of(problem, choice)
    paid = bill.total + bill.charges
    if not _fills(problem, bill, cover):
        return Outcome(choice, bill, _plain_bound(problem, cover), is_proven=False, notes=("cover",))
    floor = found.bound - SLACK - (TIE if small else 0.0)
    least = _plain_bound(problem, cover)
    bound = min(paid, max(least, math.ceil(floor)) if math.isfinite(floor) else least)
    return Outcome(choice, bill, bound, is_proven=bound >= paid)


def _fewest(problem: Problem, cover: Cover, clock: Clock, quick: dict[int, int]) -> Outcome | None:
    program = Program(problem)
    program.must_cover(cover)
    program.fewest_sellers()
    found = program.ask(seconds=clock.left * SHARE_OF_STAGE, gap=0.99)
    if found.is_impossible:
        return None
    start = _better(problem, found.choice, quick)
    number = bill_of(problem, start).sellers
    is_least = math.isfinite(found.bound) and math.ceil(found.bound - EXACT) >= number
    outcome = _cheapest(problem, cover, clock, start, most=number)
    if outcome is None or is_least:
        return outcome
    return Outcome(outcome.choice, outcome.bill, outcome.bound, is_proven=False, notes=("fewest",))


def _soonest(problem: Problem, cover: Cover, clock: Clock, quick: dict[int, int]) -> Outcome | None:
    """Day by day from the earliest by which each line could be filled; the first that can be is the soonest."""
    earliest = 0
    if cover.reach:
        for line, quantity in cover.reach.items():
            if quantity:
                earliest = max(earliest, _day_of(problem, line, quantity))
    days = sorted({days_of(quote) for quotes in problem.allowed.values() for quote in quotes})
    notes: tuple[str, ...] = ()
    for day in days:
        if day < earliest:
            continue
        if clock.left <= 0 and day != days[-1]:
            notes = (
                "soonest",
            )  # each day costs a program of its own: with the time out only the last is asked
            continue
        part = problem if day == days[-1] else problem.by(day)
        started = polished(part, quick_choice(part))
        outcome = _cheapest(part, cover, clock, started)
        if outcome is None:
            continue
        if "cover" in outcome.notes and day != days[-1] and clock.left > 0:
            notes = ("soonest",)  # undecided for this day: a later one may do
            continue
        bill = bill_of(problem, outcome.choice)
        return Outcome(
            outcome.choice, bill, outcome.bound, is_proven=outcome.is_proven and not notes,
            notes=outcome.notes + notes,
        )  # fmt: skip
    return None


def _day_of(problem: Problem, line: int, quantity: int) -> int:
    """The first day by which quotes can fill so much of a line."""
    filled = 0
    quotes = sorted(problem.allowed[line], key=days_of)
    for quote in quotes:
        part = problem.most_of(quote)
        filled = filled + part if problem.line[line].may_split else max(filled, part)
        if filled >= quantity:
            return days_of(quote)
    return days_of(quotes[-1]) if quotes else 0


def _better(problem: Problem, found: dict[int, int] | None, quick: dict[int, int]) -> dict[int, int]:
    """The better of two, of which the second is allowed; the solver's may break a threshold by its rounding."""
    if found is None or rated(problem, found) is None:
        return quick
    found = polished(problem, found)
    first, second = rated(problem, found), rated(problem, quick)
    return found if second is None or (first is not None and first <= second) else quick


def _fills(problem: Problem, bill: Bill, cover: Cover) -> bool:
    if cover.reach:
        full = sum(quantity == problem.line[line].quantity for line, quantity in cover.reach.items())
        missing = sum(
            (1 - Fraction(cover.reach[line.key], line.quantity) for line in problem.lines), Fraction(0)
        )
        return bill.full >= full and bill.missing <= missing
    return bill.full >= cover.full and float(len(problem.lines) - bill.missing) >= cover.shares - EXACT


def _reach(problem: Problem) -> dict[int, int]:
    """{line: as much of it as can be had where nothing else counts}."""
    found = {}
    for line in problem.lines:
        parts = [problem.most_of(quote) for quote in problem.allowed[line.key]]
        most = sum(parts) if line.may_split else max(parts, default=0)
        found[line.key] = min(line.quantity, most)
    return found


def _is_plain(problem: Problem) -> bool:
    """No line's price depends on another's: each goes to its cheapest."""
    return (
        problem.rules.aim in {Aim.CHEAPEST, Aim.WEIGHTED}
        and problem.rules.most_sellers is None
        and not any(line.may_split for line in problem.lines)
        and not any(
            problem.seller[key].delivery or problem.seller[key].minimum > 0 for key in problem.by_seller
        )
    )


def _plain_bound(problem: Problem, cover: Cover) -> int:
    """No choice that fills so much costs less: each line at its lowest, deliveries for nothing, or paid back."""
    lowest = -sum(seller.delivery for seller in problem.sellers if seller.held)
    if not cover.reach:
        return lowest
    for line, quantity in cover.reach.items():
        if quantity and not problem.line[line].may_split:
            lowest += min(
                quote.cost_of(quantity) + amount_of(problem.handicap.get(quote.key, 0), quantity)
                for quote in problem.allowed[line]
                if problem.most_of(quote) == quantity
            )
    return lowest


__all__ = ["Clock", "Outcome", "best", "solve"]
