"""Money at the edges and as stored integers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_PRICE, Money, line_total, to_price

AMOUNTS = st.decimals(min_value=0, max_value=MAX_PRICE, places=4, allow_nan=False, allow_infinity=False)


@given(AMOUNTS)
def test_a_stored_price_comes_back_as_it_was(amount):
    assert Money.from_price(to_price(amount), "UAH").amount == amount


def test_a_price_rounds_half_up_at_the_fifth_place():
    assert to_price(Decimal("0.00005")) == 1
    assert to_price(Decimal("0.00004")) == 0


def test_a_line_rounds_once_not_by_piece():
    # 3 × 0.335 = 1.005 → 1.01; rounding by piece would give 3 × 0.34 = 1.02
    assert line_total(to_price(Decimal("0.335")), Decimal(3)) == 101


def test_two_currencies_do_not_mix():
    with pytest.raises(ValueError, match="UAH and USD do not mix"):
        Money(Decimal(1), "UAH") + Money(Decimal(1), "USD")


def test_arithmetic_keeps_the_currency():
    total = Money(Decimal("1.10"), "EUR") + Money(Decimal("2.20"), "EUR") * 2
    assert total == Money(Decimal("5.50"), "EUR")
    assert Money(Decimal(1), "EUR") < total
    assert total - Money(Decimal("0.50"), "EUR") == Money(Decimal(5), "EUR")
    assert Money.from_minor(550, "EUR").to_minor() == 550
