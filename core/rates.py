"""Exchange rates to the row's base currency: reading, converting, setting a day's rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from core.models import CurrencyRate
from core.money import Money, round_half_up

_CACHE_KEY = "core.rates"
_CACHE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one day: currency -> base units per unit times 1,000,000, and the day each was set."""

    base: str
    micro: dict[str, int]
    days: dict[str, dt.date]

    def knows(self, currency: str) -> bool:
        return currency in self.micro

    def price_to_base(self, price: int, currency: str) -> int | None:
        """A stored unit price in the base currency, None where no rate is known."""
        if currency == self.base:
            return price
        rate = self.micro.get(currency)
        return None if rate is None else round_half_up(Decimal(price) * rate / 1_000_000)

    def to_base(self, money: Money) -> Money | None:
        rate = self.micro.get(money.currency)
        if rate is None:
            return None
        return Money(money.amount * rate / 1_000_000, self.base)

    def convert(self, money: Money, currency: str) -> Money | None:
        """`money` in `currency` through the base, None where either rate is unknown."""
        base = self.to_base(money)
        rate = self.micro.get(currency)
        return None if base is None or rate is None else Money(base.amount * 1_000_000 / rate, currency)


def current_rates() -> Rates:
    """The newest known rate of each currency, cached for five minutes."""
    rates: Rates | None = cache.get(_CACHE_KEY)
    if rates is None:
        rates = _read_rates()
        cache.set(_CACHE_KEY, rates, _CACHE_SECONDS)
    return rates


def _read_rates() -> Rates:
    base = settings.BASE_CURRENCY
    micro = {base: 1_000_000}
    days = {base: timezone.localdate()}
    for row in CurrencyRate.objects.order_by("currency", "day").values_list("currency", "rate_micro", "day"):
        micro[row[0]], days[row[0]] = row[1], row[2]
    return Rates(base, micro, days)


def set_rate(*, currency: str, rate: Decimal, day: dt.date | None = None, source: str = "") -> CurrencyRate:
    """Records how many base units one unit of `currency` costs on `day` (today when not given)."""
    row, _created = CurrencyRate.objects.update_or_create(
        currency=currency,
        day=day or timezone.localdate(),
        defaults={"rate_micro": round_half_up(rate * 1_000_000), "source": source},
    )
    cache.delete(_CACHE_KEY)
    return row
