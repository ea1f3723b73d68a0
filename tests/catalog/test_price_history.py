"""The lowest price of each day, from changes of several offers' prices."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from catalog.price_history import daily_lows

KYIV = ZoneInfo("Europe/Kyiv")
FIRST = dt.date(2026, 3, 27)  # clocks change on the 29th


def at(day, hour=12, minute=0):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=KYIV)


def lows(*changes, last=31, ends=None, to_base=lambda _offer, amount, _currency: amount):
    return daily_lows(
        changes, ends=ends or {}, to_base=to_base, first=FIRST, last=dt.date(2026, 3, last), zone=KYIV
    )


def test_a_price_holds_until_the_next_and_the_lowest_of_a_day_counts():
    found = lows(
        (1, 100, "UAH", at(1)),
        (1, 120, "UAH", at(28)),
        (1, 90, "UAH", at(30, 9)),
        (1, 110, "UAH", at(30, 10)),
    )
    assert found == [100, 100, 120, 90, 110]


def test_of_several_offers_the_cheapest_counts_until_it_leaves():
    changes = [(1, 100, "UAH", at(20)), (2, 80, "UAH", at(28, 0)), (3, 70, "UAH", at(2))]
    ends = {1: None, 2: at(30, 0), 3: at(5)}
    assert lows(*changes, ends=ends) == [100, 80, 80, 100, 100]


def test_days_without_any_price_are_empty():
    assert lows((1, 100, "UAH", at(28, 23, 59)), ends={1: at(29, 8)}) == [None, 100, 100, None, None]
    assert lows() == [None] * 5
    assert lows((1, 100, "UAH", at(1)), last=26) == []


def test_a_day_of_changed_clocks_ends_at_its_midnight():
    assert lows((1, 100, "UAH", at(1)), (1, 50, "UAH", at(29, 23, 30)))[2:] == [50, 50, 50]
    assert lows((1, 100, "UAH", at(1)), (1, 50, "UAH", at(30, 0)))[2:] == [100, 50, 50]


def test_what_cannot_be_compared_is_no_price_and_currencies_are_turned_over():
    def to_base(_offer, amount, currency):
        return {"UAH": amount, "USD": amount * 40}.get(currency)

    changes = [(1, 3, "USD", at(1)), (1, 100, "UAH", at(29)), (2, 1, "XAU", at(1))]
    assert lows(*changes, to_base=to_base) == [120, 120, 100, 100, 100]
