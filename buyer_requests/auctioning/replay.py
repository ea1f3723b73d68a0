"""An ended auction told again: who was who, every move with its time, the course of prices, and the log to take along."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from buyer_requests.auctioning import log
from buyer_requests.auctioning.board import reserve_of, void_moves
from buyer_requests.auctioning.enums import PRICES, EventKind
from buyer_requests.models import Auction, AuctionEvent, AuctionLot

WIDTH, HEIGHT = 720, 240
#: Of a lot on the page, the last ones; all of them stand in the log.
MOVES_SHOWN = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 12, 12


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the replay."""

    event: AuctionEvent
    name: str  # of the vendor, where the reader may know it
    is_void: bool

    @property
    def is_refused(self) -> bool:
        return bool(self.event.code)


@dataclass(frozen=True, slots=True)
class Curve:
    """A bidder's prices over time as the points of a drawing of WIDTH × HEIGHT."""

    slot: int
    name: str
    points: str
    is_winner: bool


@dataclass(frozen=True, slots=True)
class LotReplay:
    lot: AuctionLot
    moves: list[Move]
    left_out: int  # earlier moves that the page does not show
    curves: list[Curve]
    winner: int | None
    amount: int | None
    saved: int | None  # against the best opening price
    reserve_met: bool | None
    lowest: int | None
    highest: int | None


def replay_of(auction: Auction, names: dict[int, str], *, with_reserve: bool) -> list[LotReplay]:
    """Lot by lot; `names` are those that the reader may know, by the bidders' numbers."""
    events = list(AuctionEvent.objects.filter(auction=auction).order_by("seq"))
    void = void_moves([{"kind": each.kind, "data": each.data} for each in events])
    reserve = reserve_of(auction) if with_reserve else None
    of_lot: dict[int, list[AuctionEvent]] = defaultdict(list)
    for event in events:
        of_lot[event.lot].append(event)
    return [
        _lot(lot, of_lot[lot.number], void, names, reserve) for lot in auction.lots.select_related("line")
    ]


def _lot(
    lot: AuctionLot,
    events: Sequence[AuctionEvent],
    void: set[int],
    names: dict[int, str],
    reserve: int | None,
) -> LotReplay:
    prices = [each for each in events if each.kind in PRICES and not each.code and each.seq not in void]
    close = next((each for each in reversed(events) if each.kind == EventKind.CLOSE), None)
    winner, amount = (close.slot, close.amount) if close else (None, None)
    openings = [each.amount for each in prices if each.kind == EventKind.OPENING and each.amount]
    amounts = [each.amount for each in prices if each.amount]
    return LotReplay(
        lot,
        [Move(each, names.get(each.slot or 0, ""), each.seq in void) for each in events[-MOVES_SHOWN:]],
        max(0, len(events) - MOVES_SHOWN),
        _curves(prices, names, winner, close.at if close else None),
        winner,
        amount,
        min(openings) - amount if openings and amount else None,
        None if reserve is None or amount is None or lot.line_id else amount <= reserve,
        min(amounts, default=None),
        max(amounts, default=None),
    )


def _curves(
    prices: Sequence[AuctionEvent], names: dict[int, str], winner: int | None, end: dt.datetime | None
) -> list[Curve]:
    """Stairs from each price to the next: it holds until the bidder names another."""
    if not prices or end is None:
        return []
    first, low = prices[0].at, min(each.amount or 0 for each in prices)
    high = max(each.amount or 0 for each in prices)
    span = max((end - first).total_seconds(), 0.001)

    def place(at: dt.datetime, amount: int) -> tuple[int, int]:
        right = (at - first).total_seconds() / span * (WIDTH - _LEFT - _RIGHT)
        down = (high - amount) / max(1, high - low) * (HEIGHT - _TOP - _BOTTOM)
        return round(_LEFT + right), round(_TOP + down)

    curves = []
    for slot in sorted({each.slot or 0 for each in prices}, key=lambda each: (each == winner, each)):
        points: list[tuple[int, int]] = []
        for event in (each for each in prices if each.slot == slot):
            right, down = place(event.at, event.amount or 0)
            if points and (right, down) == points[-1]:
                continue  # a thousand prices are no more dots than the drawing has
            if points:
                points.append((right, points[-1][1]))
            points.append((right, down))
        points.append((place(end, low)[0], points[-1][1]))
        drawn = " ".join(f"{right},{down}" for right, down in points)
        curves.append(Curve(slot, names.get(slot, ""), drawn, slot == winner))
    return curves


def download_of(auction: Auction, names: dict[int, str]) -> dict[str, Any]:
    """The log as it can be verified: docs/auctions.md says how. Names where the reader may know them."""
    events = AuctionEvent.objects.filter(auction=auction).order_by("seq")
    return {
        "request": str(auction.request.public_id),
        "currency": auction.request.currency,
        "amounts": "1/10000",
        "state": auction.state,
        "bidders": [
            {"number": slot, "vendor": names.get(slot, "")}
            for slot in sorted(auction.bidders.values_list("slot", flat=True))
        ],
        "lots": [
            {"number": lot.number, "line": lot.line.text if lot.line else None}
            for lot in auction.lots.select_related("line")
        ],
        "events": [{**log.told(each), "hash": each.hash} for each in events],
        "head": auction.head,
    }
