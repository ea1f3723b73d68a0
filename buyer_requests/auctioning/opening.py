"""Who takes part with which price: bids that are in force at the start, held against what the auction is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import timezone

from buyer_requests.auctioning.spreading import least_goods, price_at
from buyer_requests.bidding.inputs import BidLineInput, BidTerms
from buyer_requests.bidding.reading import inputs_of, terms_of
from buyer_requests.models import Bid, RequestLine
from core.money import MINOR_SCALE, PRICE_SCALE, Money, line_total
from core.rates import Rates

_MINOR = PRICE_SCALE // MINOR_SCALE


@dataclass(frozen=True, slots=True)
class Entry:
    """A bid in the request's currency. `delivery` is what it costs with these goods, in minor units."""

    lines: list[BidLineInput]
    terms: BidTerms
    delivery: int

    @property
    def goods(self) -> int:
        return sum(line_total(price_at(line), line.quantity) for line in self.lines)

    @property
    def total(self) -> int:
        """Delivered, 1/10,000."""
        return (self.goods + self.delivery) * _MINOR

    @property
    def least(self) -> int:
        return (least_goods(self.lines) + self.delivery) * _MINOR


def entry_of(bid: Bid, currency: str, rates: Rates, now: dt.datetime) -> Entry | None:
    """The bid as it would enter; None where it has run out, or there is no rate for its currency."""
    terms = terms_of(bid)
    if terms.valid_until is not None and terms.valid_until < timezone.localdate(now):
        return None
    lines = inputs_of(bid)
    if bid.currency != currency:
        if rates.convert(Money(Decimal(1), bid.currency), currency) is None:
            return None
        lines = [_converted(line, bid.currency, currency, rates) for line in lines]
        terms = replace(
            terms,
            currency=currency,
            delivery_price=_amount(terms.delivery_price, bid.currency, currency, rates) or 0,
            free_delivery_from=_amount(terms.free_delivery_from, bid.currency, currency, rates),
            minimum_order=_amount(terms.minimum_order, bid.currency, currency, rates),
        )
    goods = sum(line_total(price_at(line), line.quantity) for line in lines)
    is_free = terms.free_delivery_from is not None and goods * _MINOR >= terms.free_delivery_from
    return Entry(lines, terms, 0 if is_free else -(-terms.delivery_price // _MINOR))


def priced_in_full(entry: Entry, wanted: Iterable[RequestLine]) -> set[int]:
    """Lines that the bid prices with the whole quantity that is asked for."""
    asked = {line.pk: line.quantity for line in wanted}
    return {
        line.line_id for line in entry.lines if line.line_id in asked and line.quantity >= asked[line.line_id]
    }


def at_asked_quantity(entry: Entry, wanted: Iterable[RequestLine]) -> Entry:
    """What is above the asked quantity is nothing that anybody takes: totals are of what is asked, at its price."""
    asked = {line.pk: line.quantity for line in wanted}
    lines = [
        replace(line, quantity=asked[line.line_id])
        if line.line_id in asked and line.quantity > asked[line.line_id]
        else line
        for line in entry.lines
    ]
    return replace(entry, lines=lines)


def _converted(line: BidLineInput, source: str, target: str, rates: Rates) -> BidLineInput:
    return replace(
        line,
        price_amount=max(1, _amount(line.price_amount, source, target, rates) or 1),
        breaks=tuple(
            (least, max(1, _amount(amount, source, target, rates) or 1)) for least, amount in line.breaks
        ),
        alternatives=tuple(
            replace(other, price_amount=max(1, _amount(other.price_amount, source, target, rates) or 1))
            for other in line.alternatives
        ),
    )


def _amount(amount: int | None, source: str, target: str, rates: Rates) -> int | None:
    if not amount:
        return amount
    money = rates.convert(Money.from_price(amount, source), target)
    return money.to_price() if money is not None else None
