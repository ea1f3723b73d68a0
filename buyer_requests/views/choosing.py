"""From what a buyer ticks and types to a choice, and from a choice to what the form shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.http.request import QueryDict
from django.utils.translation import gettext as _

from buyer_requests.models import Bid
from buyer_requests.parsing.amounts import to_decimal
from buyer_requests.selectors.cells import Cell, Column, Piece, Share, Way, pieces_of, share_of
from buyer_requests.selectors.comparison import Comparison, Row
from buyer_requests.services.awards import THOUSANDTH
from core.templatetags.ui import number

#: Bids side by side; the others stand in a list below.
COLUMNS = 12
LISTED = 50


@dataclass(slots=True)
class Picked:
    """`problems` are what cannot be given so, in sentences; such lines are not in `choice`."""

    choice: dict[int, Share] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    #: As it was typed, by (line, bid).
    typed: dict[tuple[int, int], str] = field(default_factory=dict)


def told(share: Share, bids: Mapping[int, Bid]) -> str:
    """A share as the forms have it: a bid, bid=quantity for each part, bid~n for the n-th alternative."""
    if isinstance(share, int):
        return str(bids[share].public_id)
    return ",".join(
        f"{bids[bid].public_id}{f'~{position}' if position else ''}={quantity}"
        for bid, quantity, position in pieces_of(share)
    )


def understood(value: str, columns: Mapping[str, Column], line: int) -> Share | None:
    """What `told` wrote, or a bid's alternative alone; None for anything else. One that is named twice gets the sum."""
    if value in columns:
        pk: int = columns[value].bid.pk
        return pk
    parts: dict[tuple[int, int], Decimal] = {}
    for text in value.split(",") if value else ():
        who, equals, quantity = text.partition("=")
        bid, _tilde, which = who.partition("~")
        column = columns.get(bid)
        position = int(which) if which.isascii() and which.isdigit() and len(which) == 1 else 0
        cell = column.cell_of(line, position) if column else None
        if column is None or cell is None or (which and not position):
            return None
        amount = _amount(quantity) if equals else cell.quantity
        if amount is None:
            return None
        key = (column.bid.pk, position)
        parts[key] = parts.get(key, Decimal(0)) + amount.quantize(THOUSANDTH)
    pieces: list[Piece] = [
        (bid, amount, position) if position else (bid, amount)
        for (bid, position), amount in parts.items()
        if amount > 0
    ]
    return tuple(pieces) or None


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10**9 else None


def picked(data: QueryDict, comparison: Comparison) -> Picked:
    """Out of the pressed button: the best of each line, one whole bid, or what is ticked and typed.

    Quantities that are typed in a line go before its tick.
    """
    mode = data.get("mode", "")
    if mode == "best":
        return Picked(dict(comparison.best_per_line.choice))
    if mode.startswith("bid:"):
        whole = {str(column.bid.public_id): column for column in comparison.columns}.get(mode[4:])
        chosen = {
            line: whole.bid.pk
            for line in (whole.cells if whole else ())
            if line in comparison.free and whole and (line, whole.bid.pk) not in comparison.had
        }
        return Picked(_fitted(chosen, comparison))
    columns = {str(column.bid.public_id): column for column in comparison.columns}
    by_bid = {column.bid.pk: column for column in comparison.columns}
    typed = _typed(data)
    found = Picked(typed={(line, bid): text for line, parts in typed.items() for bid, text in parts.items()})
    ticked: dict[int, Share | None] = {}
    for row in comparison.rows:
        line = row.line.pk
        if line not in comparison.free:
            continue
        if line in typed:
            share = _shared(row, typed[line], by_bid, comparison.free[line], found.problems)
        else:
            share = understood(data.get(f"line-{line}", ""), columns, line)
        ticked[line] = share
    found.choice = _fitted(ticked, comparison)
    return found


def _typed(data: QueryDict) -> dict[int, dict[int, str]]:
    """{line: {bid: text}} of fields that are filled in; names that are none of ours are left."""
    found: dict[int, dict[int, str]] = {}
    for name in data:
        kind, _dash, rest = name.partition("-")
        line, _dash, bid = rest.partition("-")
        text = data.get(name, "").strip()
        if kind == "part" and text and _is_id(line) and _is_id(bid):
            found.setdefault(int(line), {})[int(bid)] = text[:24]
    return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _shared(
    row: Row, texts: Mapping[int, str], columns: Mapping[int, Column], free: Decimal, problems: list[str]
) -> Share | None:
    """Parts that can be given; else None, and why not stands in `problems`."""
    pieces: list[Piece] = []
    wrong = False
    for bid, text in texts.items():
        column = columns.get(bid)
        cell = column.cells.get(row.line.pk) if column else None
        if column is None or cell is None:
            continue
        quantity = to_decimal(text, is_money=False) if text[:1].isdigit() else None
        reason = _refused(cell, quantity, free)
        if quantity == 0:
            continue
        if reason or quantity is None:
            wrong = True
            problems.append(f"{row.line.text[:60]}, {column.bid.vendor.name}: {reason}")
            continue
        pieces.append((bid, quantity.quantize(THOUSANDTH)))
    total = sum((piece[1] for piece in pieces), Decimal(0))
    if total > free:
        wrong = True
        problems.append(
            _("%(line)s: %(given)s are given, but only %(free)s are needed.")
            % {"line": row.line.text[:60], "given": number(total), "free": number(free)}
        )
    return None if wrong or not pieces else tuple(pieces)


def _refused(cell: Cell, quantity: Decimal | None, free: Decimal) -> str:
    """Why a part cannot be had, in a sentence; "" where it can."""
    if quantity is None:
        return _("write a number.")
    most = min(cell.quantity, free)
    if quantity == cell.quantity:
        return ""
    if quantity > cell.quantity:
        return _("only %(most)s are offered.") % {"most": number(most)}
    if not cell.is_divisible:
        return _("all %(most)s or nothing.") % {"most": number(cell.quantity)}
    if cell.step and quantity % cell.step:
        return _("only in multiples of %(step)s.") % {"step": number(cell.step)}
    return ""


def _fitted(chosen: Mapping[int, Share | None], comparison: Comparison) -> dict[int, Share]:
    """A whole bid gets no more than what is free of the line; one that cannot be parted stays, and is refused."""
    columns = {column.bid.pk: column for column in comparison.columns}
    fitted: dict[int, Share] = {}
    for line, share in chosen.items():
        if isinstance(share, int) and line in columns[share].cells:
            column = columns[share]
            fitted[line] = share_of(column, column.cells[line], comparison.free[line]) or share
        elif share is not None:
            fitted[line] = share
    return fitted


@dataclass(frozen=True, slots=True)
class Table:
    """The part of a comparison that is drawn: the columns with their cells by row, and how many others there are."""

    columns: list[Column]
    rows: list[Row]
    others: list[Column]
    #: Lines of which quantities can be typed.
    shared: frozenset[int]


def table_of(comparison: Comparison, way: Way | None, wanted: frozenset[str] = frozenset()) -> Table:
    """The best columns, as many of those that the choice is of, and those that are asked for by their public ids."""
    given = Counter(part.column.bid.pk for part in way.parts) if way else Counter[int]()
    chosen = {bid for bid, _times in given.most_common(COLUMNS)}
    kept = [
        column
        for place, column in enumerate(comparison.columns)
        if place < COLUMNS or column.bid.pk in chosen or str(column.bid.public_id) in wanted
    ]
    shown = {column.bid.pk for column in kept}
    rows = [
        Row(row.line, [(column, column.cells.get(row.line.pk)) for column in kept], row.best)
        for row in comparison.rows
    ]
    return Table(
        kept,
        rows,
        [column for column in comparison.columns if column.bid.pk not in shown],
        frozenset(row.line.pk for row in rows if _is_shareable(row)),
    )


def _is_shareable(row: Row) -> bool:
    cells = [cell for _column, cell in row.cells if cell is not None]
    return len(cells) > 1 and (
        any(cell.is_divisible for cell in cells) or sum(cell.is_partial for cell in cells) > 1
    )


def filled_in(way: Way, table: Table) -> tuple[dict[int, Share], dict[tuple[int, int], str]]:
    """Ticks and typed quantities that make a choice: parts go into fields where the line has them."""
    drawn = {column.bid.pk for column in table.columns}
    ticks: dict[int, Share] = {}
    typed: dict[tuple[int, int], str] = {}
    for line, share in way.choice.items():
        pieces = pieces_of(share)
        fields = line in table.shared and all(bid in drawn and not which for bid, _all, which in pieces)
        if not isinstance(share, int) and fields:
            typed |= {(line, bid): number(quantity) for bid, quantity, _position in pieces}
        else:
            ticks[line] = share
    return ticks, typed
