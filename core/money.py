"""Money as people mean it at the edges, and as integers inside (DECISIONS: amounts are integers).

A unit price is stored in 1/10,000 of the currency unit (`PRICE_SCALE`), a payable amount in minor units
(`MINOR_SCALE`). SQLite keeps decimals as floats, so no amount is ever stored as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.db import models

PRICE_SCALE = 10_000
MINOR_SCALE = 100
#: Above it a price is a slip of the keyboard; also keeps every sum inside 64 bits.
MAX_PRICE = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount with its currency (ISO 4217). Amounts of two currencies never mix silently."""

    amount: Decimal
    currency: str

    @classmethod
    def from_price(cls, stored: int, currency: str) -> Money:
        """From a stored unit price (1/10,000)."""
        return cls(Decimal(stored) / PRICE_SCALE, currency)

    @classmethod
    def from_minor(cls, stored: int, currency: str) -> Money:
        """From a stored payable amount (minor units)."""
        return cls(Decimal(stored) / MINOR_SCALE, currency)

    def to_price(self) -> int:
        return to_price(self.amount)

    def to_minor(self) -> int:
        return round_half_up(self.amount * MINOR_SCALE)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix: convert one first")


def round_half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_price(amount: Decimal) -> int:
    """An amount as a stored unit price, rounded half-up to 1/10,000."""
    return round_half_up(amount * PRICE_SCALE)


def line_total(price: int, quantity: Decimal) -> int:
    """Minor units of `quantity` at the stored unit `price`, rounded half-up once per line."""
    return round_half_up(Decimal(price) * quantity * MINOR_SCALE / PRICE_SCALE)


class PriceField(models.BigIntegerField):  # type: ignore[type-arg] # Django fields take no type arguments at run time
    """A unit price in 1/10,000 of its currency. In migrations it is the plain field that it is built on."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs


class CurrencyField(models.CharField):  # type: ignore[type-arg] # see PriceField
    """ISO 4217 code of three capital letters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)
        self.validators.append(RegexValidator(r"^[A-Z]{3}$"))

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
