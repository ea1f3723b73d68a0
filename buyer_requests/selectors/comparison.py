"""Bids side by side: lines by vendors, in one currency, with gaps, totals and what each choice would cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BidLine, BuyerRequest, RequestLine
from core.money import MINOR_SCALE, PRICE_SCALE, Money, line_total, round_half_up
from core.rates import Rates, current_rates


@dataclass(slots=True)
class Cell:
    """A bid's price for a line. `price` and `total` are in the request's currency (1/10,000; minor units)."""

    bid_line: BidLine
    price: int
    total: int
    is_partial: bool  # less than was asked for
    over_ceiling: bool
    is_best: bool = False


@dataclass(slots=True)
class Column:
    """A bid. Amounts are minor units of the request's currency; `cells` is by line id."""

    bid: Bid
    cells: dict[int, Cell]
    goods: int
    delivery: int
    is_expired: bool
    converted: bool
    is_cheapest: bool = False
    is_soonest: bool = False

    @property
    def total(self) -> int:
        return self.goods + self.delivery

    @property
    def covered(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its cells in the order of the columns; None is a gap."""

    line: RequestLine
    cells: list[tuple[Column, Cell | None]]
    best: Cell | None

    @property
    def is_gap(self) -> bool:
        """Nobody offers it."""
        return all(cell is None for _column, cell in self.cells)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to award: {line: bid}, what it costs with the deliveries of all bids in it, and what it leaves open."""

    choice: dict[int, int]
    goods: int
    delivery: int
    vendors: int
    covered: int

    @property
    def total(self) -> int:
        return self.goods + self.delivery


@dataclass(frozen=True, slots=True)
class RateShown:
    currency: str
    rate: Decimal
    day: dt.date


@dataclass(frozen=True, slots=True)
class Comparison:
    request: BuyerRequest
    columns: list[Column]
    rows: list[Row]
    best_per_line: Way
    rates: list[RateShown]  # used for bids in another currency
    unpriced: list[Bid] = field(default_factory=list)  # in a currency without a rate: not comparable

    @property
    def line_count(self) -> int:
        return len(self.rows)

    @property
    def gaps(self) -> int:
        return sum(row.is_gap for row in self.rows)


def comparison_of(request: BuyerRequest) -> Comparison:
    """All bids in force on a request, the fullest and then cheapest first. Only for the request's buyer."""
    lines = list(request.lines.select_related("category"))
    bids = list(
        Bid.objects.filter(request=request, state=BidState.SENT)
        .select_related("vendor")
        .prefetch_related("lines")
        .order_by("id")
    )
    rates = current_rates()
    columns, unpriced = [], []
    for bid in bids:
        column = _column(bid, request, {line.pk: line for line in lines}, rates)
        if column is None:
            unpriced.append(bid)
        else:
            columns.append(column)
    columns.sort(key=lambda column: (-column.covered, column.total, column.bid.pk))
    _mark(columns, lines)
    rows = []
    for line in lines:
        cells = [(column, column.cells.get(line.pk)) for column in columns]
        best = next((cell for _column_, cell in cells if cell is not None and cell.is_best), None)
        rows.append(Row(line, cells, best))
    best_choice = {
        row.line.pk: column.bid.pk
        for row in rows
        for column, cell in row.cells
        if cell is not None and cell is row.best
    }
    return Comparison(
        request, columns, rows, way_of(best_choice, columns), _rates_shown(columns, request, rates), unpriced
    )


def way_of(choice: Mapping[int, int], columns: Iterable[Column]) -> Way:
    """What a choice {line: bid} costs; entries that no bid prices are left out."""
    by_bid = {column.bid.pk: column for column in columns}
    kept = {line: bid for line, bid in choice.items() if bid in by_bid and line in by_bid[bid].cells}
    used = set(kept.values())
    return Way(
        choice=kept,
        goods=sum(by_bid[bid].cells[line].total for line, bid in kept.items()),
        delivery=sum(by_bid[bid].delivery for bid in used),
        vendors=len(used),
        covered=len(kept),
    )


def _column(bid: Bid, request: BuyerRequest, lines: dict[int, RequestLine], rates: Rates) -> Column | None:
    if (
        bid.currency != request.currency
        and rates.convert(Money(Decimal(1), bid.currency), request.currency) is None
    ):
        return None
    cells: dict[int, Cell] = {}
    for bid_line in bid.lines.all():
        line = lines[bid_line.line_id]
        price = _convert(bid_line.price_amount, bid.currency, request.currency, rates)
        cells[line.pk] = Cell(
            bid_line=bid_line,
            price=price,
            total=line_total(price, bid_line.quantity),
            is_partial=bid_line.quantity < line.quantity,
            over_ceiling=line.ceiling_amount is not None and price > line.ceiling_amount,
        )
    delivery = _convert(bid.delivery_price, bid.currency, request.currency, rates)
    return Column(
        bid=bid,
        cells=cells,
        goods=sum(cell.total for cell in cells.values()),
        delivery=round_half_up(Decimal(delivery) * MINOR_SCALE / PRICE_SCALE),
        is_expired=bid.valid_until is not None and bid.valid_until < timezone.localdate(),
        converted=bid.currency != request.currency,
    )


def _convert(amount: int, source: str, target: str, rates: Rates) -> int:
    if source == target or not amount:
        return amount
    money = rates.convert(Money.from_price(amount, source), target)
    assert money is not None  # asked for one unit before
    return money.to_price()


def _mark(columns: list[Column], lines: list[RequestLine]) -> None:
    """The best price of each line: what is offered in full and is no substitute goes first; then the cheaper."""
    for line in lines:
        offered = [column for column in columns if line.pk in column.cells and not column.is_expired]
        if offered:
            best = min(
                offered,
                key=lambda column: (
                    column.cells[line.pk].is_partial,
                    column.cells[line.pk].bid_line.is_substitute,
                    column.cells[line.pk].price,
                    column.bid.pk,
                ),
            )
            best.cells[line.pk].is_best = True
    full = [column for column in columns if column.covered == len(lines) and not column.is_expired]
    if len(full) > 1 or (full and len(columns) > 1):
        min(full, key=lambda column: (column.total, column.bid.pk)).is_cheapest = True
    timed = [column for column in columns if column.bid.delivery_days is not None]
    if len(timed) > 1:
        soonest = min(column.bid.delivery_days or 0 for column in timed)
        for column in timed:
            column.is_soonest = column.bid.delivery_days == soonest


def _rates_shown(columns: list[Column], request: BuyerRequest, rates: Rates) -> list[RateShown]:
    shown = []
    for currency in sorted({column.bid.currency for column in columns if column.converted}):
        one = rates.convert(Money(Decimal(1), currency), request.currency)
        if one is not None:
            day = min(rates.days[currency], rates.days.get(request.currency, rates.days[currency]))
            shown.append(RateShown(currency, one.amount.quantize(Decimal("0.0001")), day))
    return shown
