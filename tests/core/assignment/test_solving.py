"""The optimiser against trying everything, at the borders of thresholds, and among equals."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction

import pytest

from core.assignment import Aim, Line, Problem, Proof, Quote, Rules, Seller, bill_of, objective_of, solving
from core.assignment.apart import solve_apart
from core.assignment.costs import tie_of
from core.assignment.polishing import rated
from core.assignment.solving import solve
from core.assignment.transport import (
    answer_as_dict,
    answer_from_dict,
    digest_of,
    problem_as_dict,
    problem_from_dict,
)
from tests.core.assignment.problems import best_by_trying, small_problem

PIECE, UNIT = 1_000, 10_000


@pytest.mark.parametrize("block", range(4))
def test_nothing_better_is_found_by_trying_everything(block, monkeypatch):
    monkeypatch.setattr(
        solving, "TRIED", 400 * (block == 3)
    )  # the last ones without the solver, where that may be
    for seed in range(block * 60, block * 60 + 60):
        problem = small_problem(random.Random(seed))
        (wanted, tie), _choice = best_by_trying(problem)
        answer = solve(problem)
        bill = bill_of(problem, answer.choice)
        assert bill.is_allowed, seed
        assert objective_of(problem, bill) == wanted, seed
        assert answer.proof is (Proof.OPTIMAL if answer.choice else Proof.NONE), seed
        assert answer.bound == (bill.total + bill.charges if answer.choice else 0), seed
        assert (answer.total, answer.full) == (bill.total, bill.full), seed
        if not any(line.may_split for line in problem.lines):
            assert tie_of(problem, answer.choice)[0] == tie[0], seed


def two_sellers(*, quantity: int = 10, rules: Rules | None = None, **first) -> Problem:
    """One line: 100.00 of the first seller, with what is given; 105.00 of the second."""
    return Problem(
        (Line(1, quantity * PIECE),),
        (Seller(1, 1, **first), Seller(2, 2)),
        (
            Quote(1, 1, 1, quantity * PIECE, 10 * UNIT, days=9),
            Quote(2, 1, 2, quantity * PIECE, 105_000, days=2),
        ),
        rules or Rules(),
    )


@pytest.mark.parametrize(
    ("first", "chosen", "total"),
    [
        ({"delivery": 400}, 1, 104_00),
        ({"delivery": 501}, 2, 105_00),
        ({"delivery": 500}, 1, 105_00),  # equal: the earlier
        ({"delivery": 900, "free_from": 100_00}, 1, 100_00),
        ({"delivery": 900, "free_from": 100_01}, 2, 105_00),
        ({"minimum": 100_00}, 1, 100_00),
        ({"minimum": 100_01}, 2, 105_00),
    ],
)
def test_thresholds_are_exact_at_the_border(first, chosen, total):
    answer = solve(two_sellers(**first))
    assert (answer.choice, answer.total, answer.proof) == ({chosen: 10 * PIECE}, total, Proof.OPTIMAL)


def test_aims():
    assert solve(two_sellers(rules=Rules(aim=Aim.SOONEST))).choice == {2: 10 * PIECE}
    assert solve(two_sellers(rules=Rules(aim=Aim.WEIGHTED, price_weight=100, days_weight=4))).choice == {
        1: 10_000
    }
    weighed = solve(two_sellers(rules=Rules(aim=Aim.WEIGHTED, price_weight=100, days_weight=6)))
    assert (weighed.choice, weighed.total, weighed.charges) == ({2: 10_000}, 105_00, 0)


def test_break_and_split_over_two():
    """The first has 6 at 10.00, of 4 on at 9.00; the second any of 10 at 9.50."""
    problem = Problem(
        (Line(1, 10 * PIECE, may_split=True),),
        (Seller(1, 1), Seller(2, 2)),
        (
            Quote(1, 1, 1, 6 * PIECE, 10 * UNIT, breaks=((4 * PIECE, 9 * UNIT),)),
            Quote(2, 1, 2, 10 * PIECE, 95_000),
        ),
    )
    answer = solve(problem)
    assert (answer.choice, answer.total) == ({1: 6_000, 2: 4_000}, 54_00 + 38_00)
    whole = dataclasses.replace(problem, lines=(Line(1, 10 * PIECE),))
    assert solve(whole).choice == {2: 10_000}


def test_lines_that_stay_empty_are_told_and_the_most_are_filled_first():
    problem = Problem(
        (Line(1, PIECE), Line(2, PIECE), Line(3, PIECE, never=frozenset({1}))),
        (Seller(1, 1, minimum=5_00), Seller(2, 2)),
        (Quote(1, 1, 1, PIECE, 4 * UNIT), Quote(2, 1, 2, PIECE, UNIT), Quote(3, 2, 1, PIECE, UNIT),
         Quote(4, 3, 1, PIECE, UNIT)),
    )  # fmt: skip
    answer = solve(problem)
    assert (answer.choice, answer.total, answer.missing_lines) == ({1: PIECE, 3: PIECE}, 5_00, (3,))
    assert bill_of(problem, answer.choice).missing == Fraction(1)


def test_what_other_choices_cost():
    problem = Problem(
        (Line(1, PIECE), Line(2, PIECE)),
        (Seller(1, 1, delivery=50, free_from=12_00), Seller(2, 2, delivery=1_00)),
        (Quote(1, 1, 1, PIECE, 10 * UNIT), Quote(2, 2, 1, PIECE, 5 * UNIT), Quote(3, 1, 2, PIECE, 9 * UNIT),
         Quote(4, 2, 2, PIECE, 8 * UNIT)),
    )  # fmt: skip
    answer = solve(problem, explain_seconds=5)
    assert (answer.choice, answer.total, answer.delivery) == ({1: PIECE, 2: PIECE}, 15_00, 0)
    # With line 1 elsewhere the first delivers its 5.00 for 0.50; with line 2 elsewhere its 10.00, too.
    assert [(each.line, each.quote, each.difference) for each in answer.lines] == [(1, 3, 50), (2, 4, 4_50)]
    assert [(each.seller, each.difference, each.lines_lost, each.is_exact) for each in answer.without] == [
        (1, 3_00, 0, True)
    ]
    assert answer.one_seller is None  # it is one already


def test_answer_is_the_same_from_a_process_apart():
    problem = small_problem(random.Random(11))
    assert problem_from_dict(problem_as_dict(problem)) == problem
    here, there = solve(problem, explain_seconds=1), solve_apart(problem, explain_seconds=1)
    assert dataclasses.replace(there, seconds=0) == dataclasses.replace(here, seconds=0)
    assert answer_from_dict(answer_as_dict(here)) == here
    assert digest_of(problem) == digest_of(problem_from_dict(problem_as_dict(problem)))
    assert digest_of(problem) != digest_of(
        dataclasses.replace(problem, rules=Rules(aim=Aim.FEWEST, most_sellers=9))
    )


def test_without_time_the_answer_is_allowed_and_bounded():
    chance = random.Random(5)
    lines = tuple(Line(number, PIECE) for number in range(60))
    sellers = tuple(
        Seller(number, number, delivery=chance.randint(1, 9_000), minimum=20_000) for number in range(12)
    )
    quotes = tuple(
        Quote(60 * seller.key + line.key, line.key, seller.key, PIECE, chance.randint(10, 90) * UNIT)
        for seller in sellers
        for line in lines
    )
    problem = Problem(lines, sellers, quotes)
    assert rated(problem, solve(problem.aimed(Aim.FEWEST), seconds=-1).choice) is not None
    answer = solve(problem, seconds=0)
    assert rated(problem, answer.choice) is not None
    assert 0 < answer.bound <= answer.total
    assert answer.proof is (Proof.OPTIMAL if answer.bound == answer.total else Proof.BOUND)


def test_other_ways_stand_beside_and_each_is_proven(monkeypatch):
    monkeypatch.setattr(solving, "TRIED", 0)
    problem = Problem(
        (Line(1, PIECE), Line(2, PIECE)),
        (Seller(1, 1, scores=(20,)), Seller(2, 2, scores=(100,)), Seller(3, 3, scores=(0,))),
        (Quote(1, 1, 1, PIECE, 10 * UNIT, days=9), Quote(2, 2, 2, PIECE, 5 * UNIT, days=4),
         Quote(3, 1, 2, PIECE, 11 * UNIT, days=4), Quote(4, 1, 3, PIECE, 20 * UNIT, days=1),
         Quote(5, 2, 3, PIECE, 20 * UNIT, days=1)),
        Rules(price_weight=100, weights=(30,)),
    )  # fmt: skip
    others = solve(problem, others_seconds=5).others
    assert [
        (each.way.value, each.total, each.sellers, each.latest, each.charges, each.proof) for each in others
    ] == [
        ("cheapest", 15_00, 2, 9, 0, Proof.OPTIMAL),
        ("fewest", 16_00, 1, 4, 0, Proof.OPTIMAL),
        ("soonest", 40_00, 1, 1, 0, Proof.OPTIMAL),
        ("one", 16_00, 1, 4, 0, Proof.OPTIMAL),
        ("sooner", 16_00, 1, 4, 0, Proof.OPTIMAL),
        # 80 of 100 points are missing: 24 % of 10.00, so 12.40 against 11.00.
        ("weighted", 16_00, 1, 4, 0, Proof.OPTIMAL),
    ]
    assert problem.handicaps[1] == (0, 10 * UNIT * 24 // 100)


def test_a_good_and_what_would_be_delivered_instead_are_never_both_taken():
    problem = Problem(
        (Line(1, 4 * PIECE, may_split=True),),
        (Seller(1, 1), Seller(2, 2)),
        (
            Quote(1, 1, 1, 2 * PIECE, UNIT, group=7),
            Quote(2, 1, 1, 2 * PIECE, UNIT, group=7),
            Quote(3, 1, 2, 4 * PIECE, 9 * UNIT),
        ),
    )
    assert solve(problem).choice == {1: 2 * PIECE, 3: 2 * PIECE}
    assert bill_of(problem, {1: 2 * PIECE, 2: 2 * PIECE}).breaches == ("group",)


@pytest.mark.parametrize(("seconds", "days"), [(60, [1, 2, 3, 4]), (-1, [4])])
def test_once_the_time_is_out_no_further_day_is_tried(monkeypatch, seconds, days):
    asked = []
    monkeypatch.setattr(
        solving, "_cheapest", lambda part, *_: asked.append(max(quote.days for quote in part.allowed[1]))
    )
    problem = Problem(
        (Line(1, PIECE),),
        tuple(Seller(number, number) for number in range(1, 5)),
        tuple(Quote(number, 1, number, PIECE, UNIT, days=number) for number in range(1, 5)),
        Rules(aim=Aim.SOONEST),
    )
    cover = solving.Cover({1: 0})
    assert solving._soonest(problem, cover, solving.Clock.of(seconds), {}) is None
    assert asked == days
