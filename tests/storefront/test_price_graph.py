"""The graph of prices: its line, its scale and its words, from the lowest prices of days."""

from __future__ import annotations

import datetime as dt

from core.money import Money
from storefront.price_graph import price_graph

LAST = dt.date(2026, 11, 23)


def graph(*prices, **more):
    lows = [None if price is None else price * 10_000 for price in prices]
    return price_graph(lows, last=LAST, currency="UAH", **more)


def uah(amount):
    return Money.from_price(amount * 10_000, "UAH")


def test_a_staircase_between_round_prices():
    found = graph(100, 100, 150, 120)
    assert found.line == "M0 183.3H360V16.7H540V116.7H720"
    assert found.area.endswith("V200Z")
    top, middle, bottom = (price.amount for price in found.scale)
    assert bottom < 100
    assert top > 150
    assert middle == (top + bottom) / 2
    assert [step.price for step in found.steps] == [uah(120), uah(150), uah(100)]


def test_the_low_of_thirty_days_is_named_by_its_last_day():
    found = graph(*[50] * 10, *[100] * 20, 90, 90, *[120] * 8, now=1_200_000)
    assert (found.low, found.low_day) == (uah(90), LAST - dt.timedelta(days=8))
    assert (found.lowest, found.highest, found.now) == (uah(50), uah(120), uah(120))
    assert found.over_low_percent == "33"
    assert found.is_recent
    said = [graph(110, 100, now=now).over_low_percent for now in (1_000_000, 1_000_100, 1_004_900, 1_006_000)]
    assert said == ["", "<1", "<1", "1"]


def test_what_nobody_sold_for_thirty_days_has_no_low_of_them():
    found = graph(90, 80, 100, *[None] * 30)
    assert (found.low, found.low_day) == (uah(80), LAST - dt.timedelta(days=31))
    assert not found.is_recent
    assert graph(90, 80, 100, *[None] * 29).is_recent


def test_days_before_the_first_price_are_left_out_and_gaps_stay():
    found = graph(None, None, 100, None, 80)
    assert (found.first, found.days, found.has_gaps) == (LAST - dt.timedelta(days=2), 3, True)
    assert found.line.count("M") == 2
    assert [step.price for step in found.steps] == [uah(80), None, uah(100)]
    assert graph(None, None) is None


def test_one_price_all_the_time_and_free_goods_are_drawn_too():
    flat = graph(100, 100, 100)
    assert flat.is_flat
    free = graph(0, 0)
    assert (free.low, free.over_low_percent) == (uah(0), "")
    assert free.scale[0].amount > free.scale[2].amount


def test_what_changes_too_often_to_be_read_is_told_by_weeks():
    found = graph(*(100 + day % 7 for day in range(140)))
    assert found.weekly
    assert len(found.steps) == 20
    assert {step.price for step in found.steps} == {uah(100)}
