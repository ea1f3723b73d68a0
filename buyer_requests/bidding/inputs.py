"""What a bid is made of when it is written: plain values, checked by `bidding.checking`, stored by `services.bids`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AlternativeInput:
    """Another good for a line, at its own price."""

    title: str
    quantity: Decimal
    price_amount: int
    offer_id: int | None = None
    is_substitute: bool = False
    supply: str = ""
    delivery_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class BidLineInput:
    """A priced line. `price_amount` is per unit of the line, VAT included, in 1/10,000 of the bid's currency.

    `breaks` are (from quantity, price) in any order; `step` is the pack that quantities are multiples of.
    """

    line_id: int
    title: str
    quantity: Decimal
    price_amount: int
    offer_id: int | None = None
    is_substitute: bool = False
    note: str = ""
    breaks: tuple[tuple[Decimal, int], ...] = ()
    is_divisible: bool = False
    step: Decimal | None = None
    supply: str = ""
    delivery_on: dt.date | None = None
    alternatives: tuple[AlternativeInput, ...] = ()


@dataclass(frozen=True, slots=True)
class BidTerms:
    """What holds for the whole bid. Amounts are in 1/10,000 of `currency`."""

    currency: str = "UAH"
    delivery_price: int = 0
    delivery_days: int | None = None
    valid_until: dt.date | None = None
    terms: str = ""
    free_delivery_from: int | None = None
    minimum_order: int | None = None
