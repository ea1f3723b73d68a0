"""Bids side by side: lines by vendors, in one currency, with gaps, totals and what each choice would cost."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from buyer_requests.auctioning.enums import UNDECIDED
from buyer_requests.changing.standing import holding
from buyer_requests.deciding.enums import LIVE
from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BidAlternative, BidLine, BuyerRequest, RequestLine
from buyer_requests.selectors.cells import Cell, Column, Share, Way, column_of, share_of, way_of
from core.money import Money, line_total
from core.rates import Rates, current_rates

__all__ = [
    "Cell",
    "Column",
    "Comparison",
    "Row",
    "Share",
    "Way",
    "comparison_of",
    "share_of",
    "way_of",
]


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
    free: dict[int, Decimal] = field(default_factory=dict)  # by line: what nobody was given yet
    has_awards: bool = False
    had: frozenset[tuple[int, int]] = frozenset()  # (line, bid) that are not proposed: had it, or has a part
    held: dict[int, int] = field(default_factory=dict)  # by bid: what its live awards come to, minor units

    @property
    def holds(self) -> bool:
        """Whether a vendor has a line, or a part of one."""
        return any(self.free.get(row.line.pk) != row.line.quantity for row in self.rows)

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
        .exclude(request__auction__state__in=UNDECIDED)  # nobody is known before its auction is over
        .select_related("vendor")
        .order_by("id")
    )
    priced, others = _priced(request)
    rates = current_rates()
    columns, unpriced = [], []
    by_line, today = {line.pk: line for line in lines}, timezone.localdate()
    for bid in bids:
        column = column_of(
            bid, request, by_line, priced.get(bid.pk, ()), others=others, rates=rates, today=today
        )
        if column is None:
            unpriced.append(bid)
        elif column.cells or request.version == 1:  # a bid of which no price holds is told of apart
            columns.append(column)
    columns.sort(key=lambda column: (-column.covered, column.total, column.bid.pk))
    free, had, held, has_awards = _free(request, lines, rates)
    _mark(columns, lines, free, had)
    rows = []
    for line in lines:
        cells = [(column, column.cells.get(line.pk)) for column in columns]
        best = next((cell for _column_, cell in cells if cell is not None and cell.is_best), None)
        rows.append(Row(line, cells, best))
    best_choice: dict[int, Share] = {
        row.line.pk: share
        for row in rows
        for column, cell in row.cells
        if cell is not None and cell is row.best and row.line.pk in free
        if (share := share_of(column, cell, free[row.line.pk])) is not None
    }
    return Comparison(
        request,
        columns,
        rows,
        way_of(best_choice, columns, held=held),
        _rates_shown(columns, request, rates),
        unpriced,
        free,
        has_awards,
        had,
        held,
    )


def _priced(
    request: BuyerRequest,
) -> tuple[dict[int, list[BidLine]], dict[int, list[BidAlternative]]]:
    """By bid the prices that hold, by bid line its alternatives: at a thousand bids a third of what prefetching takes."""
    priced: dict[int, list[BidLine]] = defaultdict(list)
    others: dict[int, list[BidAlternative]] = defaultdict(list)
    sent = {"bid__request": request, "bid__state": BidState.SENT}
    for bid_line in holding(BidLine.objects.filter(**sent), request).order_by("pk"):
        priced[bid_line.bid_id].append(bid_line)
    for each in BidAlternative.objects.filter(
        bid_line__bid__request=request, bid_line__bid__state=BidState.SENT
    ):
        others[each.bid_line_id].append(each)
    return priced, others


def _free(
    request: BuyerRequest, lines: list[RequestLine], rates: Rates
) -> tuple[dict[int, Decimal], frozenset[tuple[int, int]], dict[int, int], bool]:
    """What live awards leave of each line, lines given in full left out; `had`; `held`; whether there are awards at all."""
    awards = list(request.awards.values_list("line", "bid", "quantity", "state", "price_amount", "currency"))
    left = {line.pk: line.quantity for line in lines}
    held: dict[int, int] = {}
    for line, bid, quantity, state, price, currency in awards:
        if state in LIVE:
            left[line] -= quantity
            money = rates.convert(Money.from_price(price, currency), request.currency)
            held[bid] = held.get(bid, 0) + (line_total(money.to_price(), quantity) if money else 0)
    free = {line: quantity for line, quantity in left.items() if quantity > 0}
    had = frozenset(
        (line, bid) for line, bid, _quantity, state, *_ in awards if line in free or state not in LIVE
    )
    return free, had, held, bool(awards)


def _mark(
    columns: list[Column],
    lines: list[RequestLine],
    free: Mapping[int, Decimal],
    had: Collection[tuple[int, int]],
) -> None:
    """The best price of each line: what is offered in full and is no substitute goes first; then the cheaper.

    Of a line that is free in part, or again, among the bids that could have it.
    """
    for line in lines:
        offered = [
            column
            for column in columns
            if line.pk in column.cells and not column.is_expired and (line.pk, column.bid.pk) not in had
            if share_of(column, column.cells[line.pk], free.get(line.pk, line.quantity)) is not None
        ]
        if offered:
            best = min(
                offered,
                key=lambda column: (
                    column.cells[line.pk].is_partial,
                    column.cells[line.pk].is_substitute,
                    column.cells[line.pk].price,
                    column.bid.pk,
                ),
            )
            best.cells[line.pk].is_best = True
    full = [column for column in columns if column.covered == len(lines) and not column.is_expired]
    if len(full) > 1 or (full and len(columns) > 1):
        min(full, key=lambda column: (column.total, column.bid.pk)).is_cheapest = True
    timed = {column.bid.pk: column.days for column in columns if column.days is not None}
    if len(timed) > 1:
        soonest = min(timed.values())
        for column in columns:
            column.is_soonest = timed.get(column.bid.pk) == soonest


def _rates_shown(columns: list[Column], request: BuyerRequest, rates: Rates) -> list[RateShown]:
    shown = []
    for currency in sorted({column.bid.currency for column in columns if column.converted}):
        one = rates.convert(Money(Decimal(1), currency), request.currency)
        if one is not None:
            day = min(rates.days[currency], rates.days.get(request.currency, rates.days[currency]))
            shown.append(RateShown(currency, one.amount.quantize(Decimal("0.0001")), day))
    return shown
