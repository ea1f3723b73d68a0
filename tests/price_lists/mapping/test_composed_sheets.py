"""Hundreds of composed sheets: each good with its name, price, currency, unit and what else the sheet tells."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.price_lists.mapping.composing import compose
from tests.price_lists.mapping.measuring import FIELDS, measure

#: Below this share of right facts the rules became worse; the sheets' own facts are exact.
FLOOR = 0.995


@pytest.mark.parametrize("first", [0, 40, 80])
def test_composed_sheets_are_understood(first):
    counted: Counter[str] = Counter()
    wrong = {seed: said for seed in range(first, first + 40) if (said := measure(compose(seed), counted))}
    assert counted["offers"] > 180
    assert (counted["missed"], counted["false"]) == (0, 0), wrong
    shares = {name: counted[f"{name} right"] / counted[name] for name in (*FIELDS, "asked")}
    assert {name: share for name, share in shares.items() if share < FLOOR} == {}, wrong


def test_the_composed_sheets_vary():
    told = [compose(seed).told for seed in range(120)]
    assert len({one["headings"] for one in told}) > 100
    kinds = {name: len({one[name] for one in told}) for name in ("trade", "language", "scheme", "figures")}
    assert kinds == {"trade": 8, "language": 3, "scheme": 11, "figures": 6}


def test_a_wrong_reading_is_noticed():
    made = compose(3)
    counted: Counter[str] = Counter()
    made.offers[0]["price"] += 1
    assert len(measure(made, counted)) == 1
    assert counted["price right"] == counted["price"] - 1
