"""Figures of relevance: gains, shares, agreement."""

import pytest

from search import grading

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}


def test_ndcg_is_one_for_the_best_order_and_counts_what_nobody_judged_as_nothing():
    assert grading.ndcg(["a", "b", "c"], GRADES) == pytest.approx(1)
    assert grading.ndcg(["x", "a"], GRADES) == pytest.approx(
        (7 / 1.5849625007211562) / (7 + 3 / 1.5849625007211562 + 1 / 2)
    )
    assert grading.ndcg([], GRADES) == 0
    assert grading.ndcg(["d"], {"d": 0}) == 0


def test_recall_and_what_was_not_judged():
    assert grading.recall(["c", "x", "a"], GRADES) == pytest.approx(2 / 3)
    assert grading.recall([*("x" * 100), "a"], GRADES) == 0
    assert grading.unjudged(["a", "x"], GRADES) == 0.5
    assert grading.unjudged([], GRADES) is None


def test_success_means_that_something_good_is_among_the_first_ten():
    assert grading.succeeded(["x", "b"], GRADES)
    assert not grading.succeeded(["c"], GRADES)
    assert not grading.succeeded([*("x" * 10), "a"], GRADES)
    # Where nothing better than a neighbour exists, that is what can be found.
    assert grading.succeeded(["c"], {"c": 1})
    assert not grading.succeeded(["d"], {"d": 0})


def test_kappa_is_agreement_beyond_chance():
    assert grading.kappa([(0, 0), (3, 3), (1, 1)]) == 1
    # Half of it agrees, which chance alone would give.
    assert grading.kappa([(0, 0), (0, 3), (3, 0), (3, 3)]) == pytest.approx(0)
    near, far = [(0, 0), (3, 3), (2, 3)], [(0, 0), (3, 3), (0, 3)]
    assert grading.kappa(near, weighted=True) > grading.kappa(far, weighted=True)
