"""Bids as prices by quantity in the request's currency: what the fixed point asks, and what joiners are shown of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BuyerRequest, RequestLine
from buyer_requests.pooling.stable import Quote, Seller
from core.money import MINOR_SCALE, PRICE_SCALE, Money, round_half_up
from core.rates import Rates, current_rates
from vendors.models import Vendor


@dataclass(slots=True)
class Book:
    """The bids in force that hold today; those in a currency without a rate are not in it."""

    bids: dict[int, Bid] = field(default_factory=dict)
    quotes: list[Quote] = field(default_factory=list)
    sellers: list[Seller] = field(default_factory=list)


def books_of(requests: Collection[BuyerRequest], *, now: dt.datetime | None = None) -> dict[int, Book]:
    """{request: its bids}, in as many statements for many requests as for one."""
    by_id = {request.pk: request for request in requests}
    books = {pk: Book() for pk in by_id}
    today, rates = timezone.localdate(now), current_rates()
    bids = (
        Bid.objects.filter(request__in=by_id, state=BidState.SENT, vendor__in=Vendor.objects.public())
        .select_related("vendor")
        .prefetch_related("lines")
        .order_by("pk")
    )
    for bid in bids:
        currency = by_id[bid.request_id].currency
        if bid.valid_until is not None and bid.valid_until < today:
            continue
        if bid.currency != currency and rates.convert(Money(Decimal(1), bid.currency), currency) is None:
            continue
        book = books[bid.request_id]
        book.bids[bid.pk] = bid
        book.sellers.append(_seller(bid, currency, rates))
        book.quotes.extend(
            Quote(
                bid.pk,
                line.line_id,
                tuple(
                    (least, _converted(amount, bid.currency, currency, rates))
                    for least, amount in ((Decimal(0), line.price_amount), *line.price_breaks)
                ),
                line.quantity,
                line.step,
            )
            for line in bid.lines.all()
        )
    return books


def seller_in_own_currency(bid: Bid, *, fee: bool = True) -> Seller:
    """For what is paid: the bid's own amounts. Without `fee`, for who pays this vendor's delivery already."""
    return Seller(
        bid.pk,
        fee=_minor(bid.delivery_price) if fee else 0,
        free_from=None if bid.free_delivery_from is None else _minor(bid.free_delivery_from),
    )


def _seller(bid: Bid, currency: str, rates: Rates) -> Seller:
    def minor(amount: int | None) -> int | None:
        return None if amount is None else _minor(_converted(amount, bid.currency, currency, rates))

    return Seller(
        bid.pk,
        fee=minor(bid.delivery_price) or 0,
        free_from=minor(bid.free_delivery_from),
        minimum=minor(bid.minimum_order) or 0,
        days=bid.delivery_days,
    )


def _minor(price: int) -> int:
    return round_half_up(Decimal(price) * MINOR_SCALE / PRICE_SCALE)


def _converted(amount: int, source: str, target: str, rates: Rates) -> int:
    if source == target or not amount:
        return amount
    money = rates.convert(Money.from_price(amount, source), target)
    assert money is not None  # asked for one unit before
    return money.to_price()


@dataclass(frozen=True, slots=True)
class Progress:
    """A line on its way to the next price. Prices are per unit in the request's currency; whose they are is not told."""

    line: RequestLine
    total: Decimal
    price: int | None  # the lowest at this total; None: nobody offers as much
    next_quantity: Decimal | None
    next_price: int | None

    @property
    def missing(self) -> Decimal | None:
        return None if self.next_quantity is None else self.next_quantity - self.total

    @property
    def percent(self) -> int:
        return 100 if not self.next_quantity else min(99, int(self.total * 100 / self.next_quantity))


def price_at(quotes: Iterable[Quote], quantity: Decimal) -> int | None:
    """The lowest price of those who offer as much."""
    return min((quote.price_for(quantity) for quote in quotes if quantity <= quote.most), default=None)


def progress_of(lines: Iterable[RequestLine], book: Book) -> list[Progress]:
    """Each line at its present total, and the next quantity from which somebody is cheaper."""
    by_line: dict[int, list[Quote]] = {}
    for quote in book.quotes:
        by_line.setdefault(quote.line, []).append(quote)
    rows = []
    for line in lines:
        quotes = by_line.get(line.pk, [])
        now = price_at(quotes, line.quantity)
        steps = sorted(
            {
                least
                for quote in quotes
                for least, _price in quote.steps
                if line.quantity < least <= quote.most
            }
        )
        found = next(
            (
                (least, price)
                for least in steps
                if (price := price_at(quotes, least)) is not None and (now is None or price < now)
            ),
            (None, None),
        )
        rows.append(Progress(line, line.quantity, now, *found))
    return rows
