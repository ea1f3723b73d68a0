"""Small random problems with everything in them, and the best choice of one by trying all."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from core.assignment import Aim, Line, Problem, Quote, Rules, Seller
from core.assignment.polishing import Rated, rated


def small_problem(chance: random.Random) -> Problem:
    """At most three lines and three sellers; thresholds and minimum orders lie on sums that can be reached exactly."""
    sellers_count, lines_count = chance.randint(1, 3), chance.randint(1, 3)
    lines = tuple(
        Line(
            key=number,
            quantity=chance.choice((1, 2, 3, 4)) * chance.choice((1_000, 1_000, 500)),
            may_split=chance.random() < 0.4,
            only=frozenset({chance.randrange(sellers_count)}) if chance.random() < 0.08 else frozenset(),
            never=frozenset({chance.randrange(sellers_count)}) if chance.random() < 0.08 else frozenset(),
        )
        for number in range(lines_count)
    )
    quotes: list[Quote] = []
    for line, seller in itertools.product(lines, range(sellers_count)):
        for _alternative in range(chance.choice((0, 1, 1, 1, 1, 2)) if len(quotes) < 7 else 0):
            quotes.append(_quote(chance, len(quotes), line, seller))
    sums = [quote.cost_of(min(quote.quantity, lines[quote.line].quantity)) for quote in quotes] or [100]
    sellers = tuple(
        Seller(
            key=number,
            rank=rank,
            delivery=chance.choice((0, 50, 150, 700)),
            free_from=chance.choice((None, 0, sum(chance.choices(sums, k=2)), chance.choice(sums))),
            minimum=chance.choice((0, 0, chance.choice(sums), sum(chance.choices(sums, k=2)))),
            scores=(chance.randrange(101), chance.randrange(101)),
            held=chance.choice((0, 0, 0, 100, chance.choice(sums))),
        )
        for number, rank in enumerate(chance.sample(range(sellers_count), sellers_count))
    )
    rules = Rules(
        aim=chance.choice(list(Aim)),
        most_sellers=chance.choice((None, None, 1, 2)),
        substitutes=chance.random() < 0.8,
        price_weight=chance.randint(1, 5),
        days_weight=chance.randint(0, 5),
        weights=(chance.randint(0, 5), chance.randint(0, 5)),
    )
    return Problem(lines, sellers, tuple(quotes), rules)


def _quote(chance: random.Random, key: int, line: Line, seller: int) -> Quote:
    price = chance.choice((10_000, 20_000, 25_000, 30_000, 33_300, 70_000))
    start = chance.randint(1, 4) * 500
    return Quote(
        key=key,
        line=line.key,
        seller=seller,
        quantity=chance.choice(
            (line.quantity, line.quantity, max(500, line.quantity // 2), line.quantity + 1_000)
        ),
        price=price,
        breaks=((start, price - 5_000), (start + 1_000, price - 7_000)) if chance.random() < 0.3 else (),
        is_whole=chance.random() < 0.3,
        is_substitute=chance.random() < 0.2,
        days=chance.choice((None, 1, 2, 5)),
        step=chance.choice((0, 0, 0, 1_000)),
        group=line.key * 10 + seller + 1 if chance.random() < 0.5 else 0,
    )


def best_by_trying(problem: Problem) -> tuple[Rated, dict[int, int]]:
    """Every choice there is, rated in exact arithmetic."""
    ways = [list(_ways_of(problem, line.key)) for line in problem.lines]
    found = []
    for parts in itertools.product(*ways):
        choice = {key: quantity for part in parts for key, quantity in part.items()}
        rating = rated(problem, choice)
        if rating is not None:
            found.append((rating, choice))
    return min(found, key=lambda each: each[0])


def _ways_of(problem: Problem, line: int) -> Iterator[dict[int, int]]:
    asked, quotes = problem.line[line], problem.allowed[line]
    if not asked.may_split:
        yield {}
        for quote in quotes:
            yield {quote.key: problem.most_of(quote)}
        return
    amounts = [
        (0, problem.most_of(quote))
        if quote.is_whole
        else {*range(0, problem.most_of(quote) + 1, problem.step_of(quote)), problem.most_of(quote)}
        for quote in quotes
    ]
    for taken in itertools.product(*amounts):
        if sum(taken) <= asked.quantity:
            yield {quote.key: part for quote, part in zip(quotes, taken, strict=True) if part}
