"""What people do in an auction: bidders name prices and floors, operators pause it and annul a slip."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.auctioning import kinds, racing
from buyer_requests.auctioning.board import Board, prices_of, sealed_floor, stand_of, void_moves
from buyer_requests.auctioning.enums import UNDECIDED, AuctionState, EventKind, Form
from buyer_requests.auctioning.running import more_time, next_turn, settle
from buyer_requests.errors import AuctionRuns, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import (
    Auction,
    AuctionBidder,
    AuctionEvent,
    AuctionLot,
    AuctionStanding,
    BuyerRequest,
)
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.money import MAX_PRICE, PRICE_SCALE
from vendors.models import Vendor

PAUSED = audit_kinds.register("requests.pause_auction", _("Paused an auction"))
RESUMED = audit_kinds.register("requests.resume_auction", _("Let an auction go on"))
ANNULLED = audit_kinds.register("requests.annul_move", _("Annulled a move of an auction"))

#: A bidder's own moves in an auction, and how many of them may be refused ones.
MOST_MOVES = 2_000
MOST_REFUSED = 200


@transaction.atomic
def place_bid(*, vendor: Vendor, request: BuyerRequest, lot: int, amount: int, key: str) -> AuctionEvent:
    """Names a price (1/10,000) for a lot by its number. Locks the request.

    Judged by the database's clock after the lock, against the best price at that moment: `code` of the event that is
    returned says why it was refused, "" if it was taken. A refused move stands in the log as well, until it has ended. The same `key`
    again is the same event, and for another price a conflict (`key_used`), as is a move too many (`too_many_moves`). Raises UnknownRequest for who takes no part.
    """
    current, auction, now = _held(request)
    bidder = _bidder(auction, vendor)
    if earlier := _earlier(auction, bidder, key):
        _require_same(earlier, EventKind.BID, lot, is_same=earlier.amount == amount)
        return earlier
    _require_undecided(auction)
    settle(current, auction, now)
    held = AuctionLot.objects.filter(auction=auction, number=lot).first()
    if held is None:
        raise UnknownRequest("unknown_lot")
    _require_room(auction, bidder.slot)
    board = Board.of(auction, held)
    code = _refused(board, bidder.slot, amount, now)
    if code:
        metrics.happened("auction_move_refused")
        return board.note(EventKind.BID, now, slot=bidder.slot, amount=amount, code=code, key=key or None)
    first = board.leader
    led = first is not None and first.slot == bidder.slot
    event = board.price(EventKind.BID, now, bidder.slot, amount, key=key or None)
    more_time(board, now, bidder.slot, led=led)
    board.answer(now, event.seq)
    if auction.form == Form.ROUNDS and not next_turn(board, now):
        held.due_at = now
        held.save(update_fields=["due_at"])
        settle(current, auction, now)
    metrics.happened("auction_move")
    return event


@transaction.atomic
def set_floor(
    *, vendor: Vendor, request: BuyerRequest, lot: int, amount: int | None, key: str
) -> AuctionEvent:
    """How far the vendor's price goes by itself (None: not at all). Nobody is shown it. Locks the request.

    Whoever is not in the lead and could be, is at once. Refused as a bid is, with a `code`.
    """
    current, auction, now = _held(request)
    bidder = _bidder(auction, vendor)
    if earlier := _earlier(auction, bidder, key):
        _require_same(earlier, EventKind.FLOOR, lot, is_same=_is_in_force(earlier, bidder, amount))
        return earlier
    _require_undecided(auction)
    settle(current, auction, now)
    held = AuctionLot.objects.filter(auction=auction, number=lot).first()
    if held is None:
        raise UnknownRequest("unknown_lot")
    _require_room(auction, bidder.slot)
    board = Board.of(auction, held)
    code = _floor_refused(board, bidder.slot, amount, now)
    if code:
        return board.note(EventKind.FLOOR, now, slot=bidder.slot, code=code, key=key or None)
    row, first = board.rows[bidder.slot], board.leader
    row.floor_sealed = "" if amount is None else sealed_floor(amount)
    row.floor_seq = None if amount is None else auction.seq + 1
    row.save(update_fields=["floor_sealed", "floor_seq"])
    board = Board.of(auction, held)
    event = board.note(
        EventKind.FLOOR, now, slot=bidder.slot, reason="" if amount else "off", key=key or None
    )
    board.answer(now, event.seq)
    more_time(board, now, bidder.slot, led=first is not None and first.slot == bidder.slot)
    return event


def _require_room(auction: Auction, slot: int) -> None:
    """A bidder's own moves in the log are bounded, and those that were refused more tightly: everybody reads it."""
    own = AuctionEvent.objects.filter(auction=auction, slot=slot, kind__in=(EventKind.BID, EventKind.FLOOR))
    counts = own.aggregate(all=Count("pk"), refused=Count("pk", filter=~Q(code="")))
    if counts["all"] >= MOST_MOVES or counts["refused"] >= MOST_REFUSED:
        raise AuctionRuns("too_many_moves")


def _refused(board: Board, slot: int, amount: int, now: dt.datetime) -> str:
    if code := _closed(board, slot, now):
        return code
    if board.auction.form == Form.ROUNDS and board.whose_turn != slot:
        return "not_your_turn"
    if not 0 < amount <= int(MAX_PRICE) * PRICE_SCALE:
        return "too_low" if amount <= 0 else "too_high"
    return racing.refusal(board.rules, board.stands, slot, amount)


def _floor_refused(board: Board, slot: int, amount: int | None, now: dt.datetime) -> str:
    if code := _closed(board, slot, now):
        return code
    if board.auction.form == Form.ROUNDS:
        return "no_floor"
    if amount is None:
        return ""
    if amount % board.lot.unit:
        return "not_in_units"
    if amount < board.stands[slot].least:
        return "too_low"
    return "too_high" if amount >= board.stands[slot].amount else ""


def _closed(board: Board, slot: int, now: dt.datetime) -> str:
    lot = board.lot
    if board.auction.state == AuctionState.PAUSED:
        return "paused"
    if (
        board.auction.state != AuctionState.RUNNING
        or not lot.is_open
        or lot.due_at is None
        or lot.due_at <= now
    ):
        return "late" if board.auction.state != AuctionState.PLANNED else "too_early"
    return "" if slot in board.stands else "not_in_lot"


@transaction.atomic
def pause_auction(*, operator: User, request: BuyerRequest, reason: str) -> None:
    """Stops the clock of a running auction; bidders are told why. Locks the request."""
    current, auction, now = _held(request)
    settle(current, auction, now)
    if auction.state != AuctionState.RUNNING:
        raise AuctionRuns("not_running")
    auction.state = AuctionState.PAUSED
    auction.save(update_fields=["state"])
    for lot in AuctionLot.objects.filter(auction=auction, closed_at=None):
        lot.left_seconds = max(0.0, (lot.due_at - now).total_seconds()) if lot.due_at else 0.0
        lot.due_at = None
        lot.save(update_fields=["left_seconds", "due_at"])
        Board.of(auction, lot).note(EventKind.PAUSE, now, reason=_said(operator, reason))
    _trace(operator, PAUSED, current, reason)
    kinds.tell_bidders(auction, "auction.paused", key=f"paused:{auction.seq}", reason=reason[:200])


@transaction.atomic
def resume_auction(*, operator: User, request: BuyerRequest) -> None:
    """Lets the clock go on with what was left, and with the last minutes at least. Locks the request."""
    current, auction, now = _held(request)
    if auction.state != AuctionState.PAUSED:
        raise AuctionRuns("not_running")
    # Nobody looked after it while it stood still: that was no outage.
    auction.state, auction.seen_at = AuctionState.RUNNING, now
    auction.save(update_fields=["state", "seen_at"])
    until = now
    for lot in AuctionLot.objects.filter(auction=auction, closed_at=None):
        least = auction.turn if auction.form == Form.ROUNDS else auction.soft
        lot.due_at = now + max(dt.timedelta(seconds=lot.left_seconds or 0.0), least)
        lot.left_seconds = None
        lot.save(update_fields=["left_seconds", "due_at"])
        Board.of(auction, lot).note(EventKind.RESUME, now, reason=_said(operator, ""))
        until = max(until, lot.due_at)
    _trace(operator, RESUMED, current)
    kinds.tell_bidders(
        auction, "auction.resumed", key=f"resumed:{auction.seq}", moment=kinds.told_moment(until)
    )


@transaction.atomic
def annul_move(*, operator: User, request: BuyerRequest, seq: int, reason: str) -> AuctionEvent:
    """Takes an obvious slip out of a lot that is open. Locks the request.

    By the stated rule: the move is void, and so are the prices that only answered it by themselves. Every other price
    stands, what was refused stays refused, each bidder is back at its last price that stands, floors answer anew, and
    the last minutes start anew. Raises AuctionRuns (`nothing_to_annul`).
    """
    current, auction, now = _held(request)
    settle(current, auction, now)
    if not auction.is_live:
        raise AuctionRuns("not_running")
    events = list(AuctionEvent.objects.filter(auction=auction).values())
    slip = next((each for each in events if each["seq"] == seq), None)
    lot = (
        AuctionLot.objects.filter(auction=auction, number=slip["lot"], closed_at=None).first()
        if slip
        else None
    )
    if (
        slip is None
        or lot is None
        or slip["kind"] != EventKind.BID
        or slip["code"]
        or seq in void_moves(events)
    ):
        raise AuctionRuns("nothing_to_annul")
    void = [seq, *(each["seq"] for each in events if each["kind"] == EventKind.AUTO and each["cause"] == seq)]
    noted = {"lot": lot.number, "kind": EventKind.ANNUL, "data": {"void": void}, "seq": 0, "code": ""}
    for slot, (amount, made) in prices_of([*events, noted], lot.number).items():
        AuctionStanding.objects.filter(lot=lot, slot=slot).update(amount=amount, seq=made)
    if lot.due_at is not None and auction.form == Form.OPEN:
        lot.due_at = max(lot.due_at, now + auction.soft)
        lot.save(update_fields=["due_at"])
    board = Board.of(auction, lot)
    event = board.note(
        EventKind.ANNUL,
        now,
        slot=slip["slot"],
        cause=seq,
        reason=_said(operator, reason),
        more={"void": void},
    )
    if auction.state == AuctionState.RUNNING:
        board.answer(now, event.seq)
    _trace(operator, ANNULLED, current, reason, lot=lot.number, move=seq)
    return event


def _trace(operator: User, action: str, request: BuyerRequest, reason: str = "", **details: int) -> None:
    record(
        actor=operator.typed_id,
        action=action,
        subject=f"request:{request.pk}",
        subject_name=request.title,
        reason=reason[:500],
        details=details,
    )


def _held(request: BuyerRequest) -> tuple[BuyerRequest, Auction, dt.datetime]:
    current, now = locked_request(request.pk)
    auction = Auction.objects.filter(request=current).first()
    if auction is None:
        raise UnknownRequest("unknown_auction")
    auction.request = current
    return current, auction, now


def _bidder(auction: Auction, vendor: Vendor) -> AuctionBidder:
    bidder = AuctionBidder.objects.filter(auction=auction, vendor=vendor).first()
    if bidder is None:
        raise UnknownRequest("unknown_bidder")
    return bidder


def _earlier(auction: Auction, bidder: AuctionBidder, key: str) -> AuctionEvent | None:
    return AuctionEvent.objects.filter(auction=auction, slot=bidder.slot, key=key).first() if key else None


def _require_undecided(auction: Auction) -> None:
    """The log of an ended auction is final: people hold its head. What comes too late leaves no mark in it."""
    if auction.state not in UNDECIDED:
        raise AuctionRuns("not_running")


def _require_same(earlier: AuctionEvent, kind: EventKind, lot: int, *, is_same: bool) -> None:
    """A page that the browser brings back has its used key still: another price from it must not seem to be taken."""
    if (earlier.kind, earlier.lot) != (kind, lot) or not is_same:
        raise AuctionRuns("key_used")


def _is_in_force(earlier: AuctionEvent, bidder: AuctionBidder, floor: int | None) -> bool:
    """Whether what was kept with the event is still the floor; a refused one was not kept at all."""
    if earlier.code:
        return True
    row = AuctionStanding.objects.filter(lot__auction=earlier.auction_id, lot__number=earlier.lot)
    held = row.filter(slot=bidder.slot).first()
    return held is not None and stand_of(held).floor == floor


def _said(operator: User, reason: str) -> str:
    """The log holds no names: an operator by number."""
    return f"user:{operator.pk} {reason.strip()}"[:300].strip()
