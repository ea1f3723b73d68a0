"""Exchange rates to the base currency."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import IntegrityError

from core.models import CurrencyRate
from core.money import Money
from core.rates import current_rates, set_rate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_cached_rates():
    cache.clear()


def test_the_newest_rate_counts_and_its_day_is_known():
    set_rate(currency="USD", rate=Decimal("40.5"), day=dt.date(2026, 1, 1))
    set_rate(currency="USD", rate=Decimal("41.25"), day=dt.date(2026, 2, 1))
    rates = current_rates()
    assert rates.price_to_base(10_000, "USD") == 412_500
    assert rates.days["USD"] == dt.date(2026, 2, 1)


def test_setting_a_rate_shows_at_once_in_spite_of_the_cache():
    set_rate(currency="EUR", rate=Decimal(45))
    assert current_rates().price_to_base(10_000, "EUR") == 450_000
    set_rate(currency="EUR", rate=Decimal(46))
    assert current_rates().price_to_base(10_000, "EUR") == 460_000


def test_an_unknown_currency_is_not_guessed():
    rates = current_rates()
    assert not rates.knows("PLN")
    assert rates.price_to_base(10_000, "PLN") is None
    assert rates.convert(Money(Decimal(1), "PLN"), "UAH") is None


def test_converting_between_two_foreign_currencies_goes_through_the_base():
    set_rate(currency="USD", rate=Decimal(40))
    set_rate(currency="EUR", rate=Decimal(50))
    assert current_rates().convert(Money(Decimal(5), "USD"), "EUR") == Money(Decimal(4), "EUR")


def test_a_rate_of_nothing_is_refused_by_the_database():
    with pytest.raises(IntegrityError):
        CurrencyRate.objects.create(currency="USD", day=dt.date(2026, 1, 1), rate_micro=0)
