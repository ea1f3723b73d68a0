"""A lot with its standings as the rules of the race see it, written back with the events that changed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from buyer_requests.auctioning import log, racing
from buyer_requests.auctioning.enums import PRICES, AuctionState, EventKind, Form, StepKind
from buyer_requests.models import Auction, AuctionEvent, AuctionLot, AuctionStanding
from core.sealing import seal, unseal

FLOOR = "auction floor"
RESERVE = "auction reserve"


@dataclass(slots=True)
class Board:
    """One lot under the request's lock."""

    auction: Auction
    lot: AuctionLot
    rows: dict[int, AuctionStanding]
    stands: dict[int, racing.Stand]
    rules: racing.Rules

    @classmethod
    def of(cls, auction: Auction, lot: AuctionLot) -> Board:
        rows = {row.slot: row for row in AuctionStanding.objects.filter(lot=lot)}
        return cls(
            auction, lot, rows, {slot: stand_of(row) for slot, row in rows.items()}, rules_of(auction, lot)
        )

    @property
    def leader(self) -> racing.Stand | None:
        return racing.leader(self.stands.values())

    @property
    def whose_turn(self) -> int | None:
        """In rounds, of whom it is; None before the first turn, and in the open form."""
        lot = self.lot
        return lot.order[lot.turn] if lot.is_open and 0 <= lot.turn < len(lot.order) else None

    def data(self) -> dict[str, Any]:
        """The lot as it stands, for the log: from it every reader's own view of an event is made."""
        lot = self.lot
        return {
            "state": str(self.auction.state if lot.is_open else AuctionState.OVER),
            "standing": [[each.slot, each.amount] for each in racing.ranked(self.stands.values())],
            "due": None if lot.due_at is None else lot.due_at.astimezone(dt.UTC).isoformat(),
            "extensions": lot.extensions,
            "round": lot.round,
            "turn": self.whose_turn,
        }

    def note(
        self, kind: EventKind, at: dt.datetime, *, more: Mapping[str, Any] | None = None, **fields: Any
    ) -> AuctionEvent:
        data = {**self.data(), **(more or {})}
        return log.append(self.auction, kind, at, lot=self.lot.number, data=data, **fields)

    def price(self, kind: EventKind, at: dt.datetime, slot: int, amount: int, **fields: Any) -> AuctionEvent:
        """Puts a price in force: the standing and its event."""
        seq = self.auction.seq + 1
        self.stands = racing.after(self.stands, [(slot, amount, seq)])
        row = self.rows[slot]
        row.amount, row.seq = amount, seq
        AuctionStanding.objects.filter(pk=row.pk).update(amount=amount, seq=seq)
        return self.note(kind, at, slot=slot, amount=amount, **fields)

    def answer(self, at: dt.datetime, cause: int) -> None:
        """Lets the floors answer what has just changed."""
        for slot, amount in racing.answers(self.rules, self.stands):
            self.price(EventKind.AUTO, at, slot, amount, cause=cause)

    def save_lot(self, *fields: str) -> None:
        self.lot.save(update_fields=list(fields))


def stand_of(row: AuctionStanding) -> racing.Stand:
    floor = int(unseal(row.floor_sealed, purpose=FLOOR)) if row.floor_sealed else None
    return racing.Stand(row.slot, row.amount, row.seq, row.least_amount, floor, row.floor_seq or 0)


def sealed_floor(amount: int) -> str:
    return seal(str(amount), purpose=FLOOR)


def sealed_reserve(amount: int | None) -> str:
    return "" if amount is None else seal(str(amount), purpose=RESERVE)


def reserve_of(auction: Auction) -> int | None:
    """The buyer's reserve price; for the buyer's own pages and the result alone."""
    return int(unseal(auction.reserve_sealed, purpose=RESERVE)) if auction.reserve_sealed else None


def rules_of(auction: Auction, lot: AuctionLot) -> racing.Rules:
    by_share = auction.step_kind == StepKind.PERCENT or not auction.step_amount
    return racing.Rules(
        is_rounds=auction.form == Form.ROUNDS,
        step=0 if by_share else auction.step_amount or 0,
        step_share=int(auction.step_percent * 100) if by_share else 0,
        start=lot.start_amount,
        unit=lot.unit,
        soft=auction.soft,
        most_extensions=auction.most_extensions,
        rounds=auction.rounds,
    )


def void_moves(events: Iterable[Mapping[str, Any]]) -> set[int]:
    """Numbers of the moves that operators annulled, with what only answered them."""
    return {
        seq for event in events if event["kind"] == EventKind.ANNUL for seq in event["data"].get("void", ())
    }


def prices_of(events: Sequence[Mapping[str, Any]], lot: int) -> dict[int, tuple[int, int]]:
    """{slot: (amount, seq)} that the log of a lot comes to: of each bidder the last price that stands."""
    void = void_moves(events)
    return {
        event["slot"]: (event["amount"], event["seq"])
        for event in events
        if event["lot"] == lot and event["kind"] in PRICES and not event["code"] and event["seq"] not in void
    }
