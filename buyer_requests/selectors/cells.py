"""One bid as a column of the comparison: what it asks for each line, in the request's currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from buyer_requests.bidding.models import BidAlternative
from buyer_requests.models import Bid, BidLine, BuyerRequest, RequestLine
from core.money import MINOR_SCALE, PRICE_SCALE, Money, line_total, round_half_up
from core.rates import Rates

#: A part of a line: (bid, quantity), or (bid, quantity, which of its alternatives; 0 is what the bid itself offers).
Piece = tuple[int, Decimal] | tuple[int, Decimal, int]
#: A bid that gets all it offers of a line, or pieces.
Share = int | tuple[Piece, ...]


@dataclass(slots=True)
class Cell:
    """A bid's price for a line. `price` and `total` are in the request's currency (1/10,000; minor units).

    `others` are what the bidder would deliver instead; each is a cell with its `alternative`, taken as a whole.
    """

    bid_line: BidLine
    price: int
    total: int
    quantity: Decimal  # that can be taken
    steps: list[tuple[Decimal, int]]  # from this quantity on, this price; the first from nothing on
    is_partial: bool  # less than was asked for
    over_ceiling: bool
    is_best: bool = False
    days: int | None = None  # until delivery, counted from the deadline
    alternative: BidAlternative | None = None
    others: list[Cell] = field(default_factory=list)

    def price_for(self, quantity: Decimal) -> int:
        return next(price for least, price in reversed(self.steps) if quantity >= least)

    @property
    def position(self) -> int:
        return self.alternative.position if self.alternative else 0

    @property
    def title(self) -> str:
        return self.alternative.title if self.alternative else self.bid_line.title

    @property
    def is_substitute(self) -> bool:
        return self.alternative.is_substitute if self.alternative else self.bid_line.is_substitute

    @property
    def is_divisible(self) -> bool:
        return self.alternative is None and self.bid_line.is_divisible

    @property
    def step(self) -> Decimal | None:
        return None if self.alternative else self.bid_line.step

    @property
    def offered(self) -> Decimal:
        return self.alternative.quantity if self.alternative else self.bid_line.quantity

    @property
    def key(self) -> int:
        """Of all cells of a comparison; alternatives count below zero."""
        pk: int = self.bid_line.pk
        return -self.alternative.pk if self.alternative else pk


@dataclass(slots=True)
class Column:
    """A bid. Amounts are minor units of the request's currency; `cells` is by line id."""

    bid: Bid
    cells: dict[int, Cell]
    goods: int
    delivery: int
    is_expired: bool
    converted: bool
    fee: int = 0  # of a delivery that is not free
    free_from: int | None = None
    minimum: int = 0
    is_cheapest: bool = False
    is_soonest: bool = False

    @property
    def total(self) -> int:
        return self.goods + self.delivery

    @property
    def covered(self) -> int:
        return len(self.cells)

    @property
    def lacks(self) -> int:
        """What the whole bid misses to its own least order."""
        return max(0, self.minimum - self.goods)

    @property
    def days(self) -> int | None:
        """Until the last of it is delivered; None where a line tells none."""
        told = [cell.days for cell in self.cells.values()]
        return None if not told or None in told else max(day for day in told if day is not None)

    def delivery_for(self, goods: int) -> int:
        """What delivery costs where goods of so much are taken."""
        return 0 if self.free_from is not None and goods >= self.free_from else self.fee

    def cell_of(self, line: int, position: int = 0) -> Cell | None:
        cell = self.cells.get(line)
        if cell is None or not position:
            return cell
        return next((other for other in cell.others if other.position == position), None)

    def every_cell(self) -> Iterator[tuple[int, Cell]]:
        """(line, cell), alternatives too."""
        for line, cell in self.cells.items():
            yield line, cell
            for other in cell.others:
                yield line, other


@dataclass(frozen=True, slots=True)
class Part:
    """What a bid gets of a line in a way; `total` in minor units of the request's currency."""

    column: Column
    line: RequestLine
    cell: Cell
    quantity: Decimal
    price: int
    total: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way to award: {line: share}, what it costs with the deliveries of all bids in it, and what it leaves open.

    `lacking` are bids whose least order it does not reach, with what is missing.
    """

    choice: dict[int, Share]
    goods: int
    delivery: int
    vendors: int
    covered: int
    parts: list[Part] = field(default_factory=list)
    deliveries: dict[int, int] = field(default_factory=dict)
    lacking: list[tuple[Column, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.goods + self.delivery

    @property
    def days(self) -> int | None:
        """Until the last delivery; None where one tells none."""
        told = [part.cell.days for part in self.parts]
        return None if not told or None in told else max(day for day in told if day is not None)


def pieces_of(share: Share) -> list[tuple[int, Decimal | None, int]]:
    """(bid, quantity or None for all it offers, position of the alternative) each."""
    if isinstance(share, int):
        return [(share, None, 0)]
    return [(piece[0], piece[1], piece[2] if len(piece) == 3 else 0) for piece in share]


def share_of(column: Column, cell: Cell, free: Decimal) -> Share | None:
    """What a bid can get of a line of which so much is free: all it offers, else a part where it may be parted."""
    if cell.quantity <= free:
        return ((column.bid.pk, cell.quantity, cell.position),) if cell.position else column.bid.pk
    step = cell.step
    part = free - free % step if step else free
    return ((column.bid.pk, part),) if cell.is_divisible and part > 0 else None


def way_of(
    choice: Mapping[int, Share], columns: Iterable[Column], *, held: Mapping[int, int] | None = None
) -> Way:
    """What a choice costs; entries that no bid prices are left out. A break counts from the quantity that is taken.

    `held` is what live awards of a bid come to: they count towards free delivery and least order.
    """
    by_bid = {column.bid.pk: column for column in columns}
    kept: dict[int, Share] = {}
    parts: list[Part] = []
    for line, share in choice.items():
        found = [
            (by_bid[bid], cell, quantity)
            for bid, quantity, position in pieces_of(share)
            if bid in by_bid and (cell := by_bid[bid].cell_of(line, position)) is not None
        ]
        if len(found) == len(pieces_of(share)) and found:
            kept[line] = share
            parts.extend(_part(column, cell, quantity) for column, cell, quantity in found)
    goods: dict[int, int] = {}
    for part in parts:
        goods[part.column.bid.pk] = goods.get(part.column.bid.pk, 0) + part.total
    before = held or {}
    deliveries = {
        bid: by_bid[bid].delivery_for(amount + before.get(bid, 0))
        - (by_bid[bid].delivery_for(before[bid]) if bid in before else 0)
        for bid, amount in goods.items()
    }
    return Way(
        choice=kept,
        goods=sum(goods.values()),
        delivery=sum(deliveries.values()),
        vendors=len(goods),
        covered=len(kept),
        parts=parts,
        deliveries=deliveries,
        lacking=[
            (by_bid[bid], by_bid[bid].minimum - amount - before.get(bid, 0))
            for bid, amount in goods.items()
            if amount + before.get(bid, 0) < by_bid[bid].minimum
        ],
    )


def _part(column: Column, cell: Cell, quantity: Decimal | None) -> Part:
    taken = cell.quantity if quantity is None else quantity
    price = cell.price_for(taken)
    return Part(column, cell.bid_line.line, cell, taken, price, line_total(price, taken))


def column_of(
    bid: Bid,
    request: BuyerRequest,
    lines: Mapping[int, RequestLine],
    priced: Iterable[BidLine],
    *,
    others: Mapping[int, Sequence[BidAlternative]],
    rates: Rates,
    today: dt.date,
) -> Column | None:
    """`priced` are the bid's lines, `others` what would be delivered instead, by bid line. None without a rate."""
    rate = _Rate(bid.currency, request.currency, rates)
    if not rate.is_known:
        return None
    cells: dict[int, Cell] = {}
    start = timezone.localdate(request.deadline_at) if request.deadline_at else today
    for bid_line in priced:
        line = bid_line.line = lines[bid_line.line_id]
        bid_line.bid = bid
        steps = [(Decimal(0), rate.of(bid_line.price_amount))]
        steps += [(Decimal(least), rate.of(amount)) for least, amount in bid_line.breaks]
        cell = _cell(bid_line, line, bid_line.quantity, steps)
        cell.days = _days(bid, bid_line.delivery_on, start)
        for alternative in others.get(bid_line.pk, ()):
            price = [(Decimal(0), rate.of(alternative.price_amount))]
            other = _cell(bid_line, line, alternative.quantity, price)
            other.alternative = alternative
            other.days = _days(bid, alternative.delivery_on, start)
            cell.others.append(other)
        cells[line.pk] = cell
    fee, free_from, minimum = (
        None if amount is None else _minor(rate.of(amount))
        for amount in (bid.delivery_price, bid.free_delivery_from, bid.minimum_order)
    )
    goods = sum(cell.total for cell in cells.values())
    return Column(
        bid=bid,
        cells=cells,
        goods=goods,
        delivery=0 if free_from is not None and goods >= free_from else fee or 0,
        fee=fee or 0,
        free_from=free_from,
        minimum=minimum or 0,
        is_expired=bid.valid_until is not None and bid.valid_until < today,
        converted=bid.currency != request.currency,
    )


def _cell(bid_line: BidLine, line: RequestLine, offered: Decimal, steps: list[tuple[Decimal, int]]) -> Cell:
    taken = min(offered, line.quantity)
    price = next(amount for least, amount in reversed(steps) if taken >= least)
    return Cell(
        bid_line=bid_line,
        price=price,
        quantity=taken,
        steps=steps,
        total=line_total(price, taken),
        is_partial=offered < line.quantity,
        over_ceiling=line.ceiling_amount is not None and price > line.ceiling_amount,
    )


def _days(bid: Bid, delivery_on: dt.date | None, start: dt.date) -> int | None:
    if delivery_on is None:
        days: int | None = bid.delivery_days
        return days
    return max(0, (delivery_on - start).days)


class _Rate:
    """Amounts of one currency in another; asked once for a bid, however many prices it has."""

    def __init__(self, source: str, target: str, rates: Rates) -> None:
        self.source, self.target, self.rates = source, target, rates
        self.is_same = source == target
        self.is_known = self.is_same or rates.convert(Money(Decimal(1), source), target) is not None

    def of(self, amount: int) -> int:
        if self.is_same or not amount:
            return amount
        money = self.rates.convert(Money.from_price(amount, self.source), self.target)
        assert money is not None  # `is_known` was asked
        return money.to_price()


def _minor(price: int) -> int:
    return round_half_up(Decimal(price) * MINOR_SCALE / PRICE_SCALE)
