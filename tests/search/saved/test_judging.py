"""Prices told once, whatever they do. No database."""

import datetime as dt
from dataclasses import replace

from search.saved.enums import WatchEvent
from search.saved.judging import Memory, Price, judge

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RATES = {"UAH": 1_000_000, "USD": 40_000_000}
START = Memory(base_amount=1_000_000, base_rates=RATES, seen_amount=1_000_000)


def told(memory, *days, rates=RATES):
    """What is said of prices that come a day after the other; None: not to be had."""
    said = []
    for number, amount in enumerate(days):
        prices = [] if amount is None else [Price(1, amount * 10_000, "UAH")]
        verdict = judge(memory, prices, rates=rates, now=NOW + number * DAY)
        memory = verdict.memory
        said.append(str(verdict.event))
    return said


def test_a_fall_is_told_once_and_a_swing_never_again():
    assert told(START, 100, 96, 95, 100, 95, 110, 95, 90) == ["", "", "cheaper", "", "", "", "", "cheaper"]


def test_small_steps_add_up_against_what_was_told_last():
    assert told(START, 99, 98, 97, 96, 95, 94) == ["", "", "", "", "cheaper", ""]
    assert told(replace(START, drop_percent=1), 99, 98)[:2] == ["cheaper", "cheaper"]


def test_a_rate_alone_makes_nothing_cheaper():
    memory = replace(START, base_amount=250_000, base_currency="USD")
    dollar, hryvnia = Price(1, 250_000, "USD"), Price(2, 9_900_000, "UAH")
    fallen = {"UAH": 1_000_000, "USD": 30_000_000}
    assert judge(memory, [dollar], rates=fallen, now=NOW).event == WatchEvent.NONE
    # The other offer was 1 % below at the old rate; that the dollar rose since is no fall of its price.
    risen = {"UAH": 1_000_000, "USD": 60_000_000}
    assert judge(memory, [dollar, hryvnia], rates=risen, now=NOW).event == WatchEvent.NONE
    cheaper = judge(memory, [dollar, Price(2, 9_400_000, "UAH")], rates=risen, now=NOW)
    assert (cheaper.event, cheaper.was) == (WatchEvent.CHEAPER, (250_000, "USD"))


def test_one_currency_needs_no_rate_and_an_unknown_one_beside_it_is_left_out():
    memory = replace(START, base_amount=100, base_currency="CHF", base_rates={})
    assert judge(memory, [Price(1, 90, "CHF")], rates={"UAH": 1_000_000}, now=NOW).event == WatchEvent.CHEAPER
    lone = judge(START, [Price(1, 1, "CHF"), Price(2, 940_000, "UAH")], rates=RATES, now=NOW)
    assert (lone.event, lone.price.offer_id) == (WatchEvent.CHEAPER, 2)


def test_back_on_sale_needs_a_day_away_and_is_not_told_again_for_a_week():
    assert told(START, 100, None, 100, None, 100) == ["", "", "back", "", ""]
    hour = judge(
        replace(START, away_since=NOW - DAY / 24), [Price(1, 1_000_000, "UAH")], rates=RATES, now=NOW
    )
    assert (hour.event, hour.memory.away_since) == (WatchEvent.NONE, None)
    assert told(replace(START, tells_back=False), 100, None, None, 100) == ["", "", "", ""]


def test_a_watch_of_what_was_not_on_sale_tells_of_the_first_price():
    away = Memory(away_since=NOW - DAY / 24)
    assert told(away, None, 100, 100, 90) == ["", "back", "", "cheaper"]
    first = judge(away, [Price(1, 1_000_000, "UAH")], rates=RATES, now=NOW)
    assert (first.memory.base_amount, first.was) == (1_000_000, None)
    assert told(replace(away, back_at=NOW - DAY), 100, 90) == ["", "cheaper"]
    quiet = replace(away, tells_back=False)
    assert told(quiet, 100, 90) == ["", "cheaper"]
    assert told(replace(quiet, target_amount=800_000), 80, 80, 76) == ["cheaper", "", "cheaper"]
    assert told(replace(quiet, target_amount=800_000), 90, 80) == ["", "cheaper"]


def test_a_wished_price_is_told_when_reached_and_when_it_falls_further():
    wish = replace(START, target_amount=800_000)
    assert told(wish, 90, 80, 79, 81, 80, 76) == ["", "cheaper", "", "", "", "cheaper"]


def test_a_wished_price_is_meant_at_todays_rate():
    wish = replace(START, base_amount=25_000, base_currency="USD", target_amount=800_000)
    cheap_dollar = {"UAH": 1_000_000, "USD": 32_000_000}
    assert judge(wish, [Price(1, 25_000, "USD")], rates=cheap_dollar, now=NOW).event == WatchEvent.CHEAPER


def test_what_was_dearer_for_a_month_is_the_price_that_a_fall_is_judged_by():
    month = [150] * 32
    assert told(START, *month, 140)[-1] == "cheaper"
    assert told(START, *month[:20], 140)[-1] == ""
