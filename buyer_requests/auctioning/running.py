"""An auction's way through its states, by the database's clock under the request's lock: start, turns, end, pause.

`settle` is called before anything else is done with an auction, by whoever comes first: a bid, the worker's clock
(`watching`), a reader's stream. So nothing depends on one process being there in time.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import replace
from typing import Any, Final

import structlog

from buyer_requests import metrics
from buyer_requests.auctioning import kinds, log, racing, results
from buyer_requests.auctioning.board import Board
from buyer_requests.auctioning.enums import (
    UNDECIDED,
    AuctionState,
    EventKind,
    Form,
    Subject,
    Timing,
)
from buyer_requests.auctioning.opening import Entry, at_asked_quantity, entry_of, priced_in_full
from buyer_requests.auctioning.spreading import price_at
from buyer_requests.bidding.inputs import BidLineInput
from buyer_requests.enums import BidState, RequestState
from buyer_requests.locks import database_now
from buyer_requests.models import (
    Auction,
    AuctionBidder,
    AuctionLot,
    AuctionStanding,
    Bid,
    BuyerRequest,
    RequestLine,
)
from core.rates import current_rates

logger = structlog.get_logger(__name__)

#: More bidders than anybody can follow; the best opening prices are let in.
MOST_BIDDERS: Final = 200
#: Nobody looked after auctions for so long: the row was down, and whoever wanted to bid could not.
OUTAGE_AFTER: Final = dt.timedelta(seconds=60)
LOOKED_EVERY: Final = dt.timedelta(seconds=5)
#: What everybody gets then, at least.
TIME_AFTER_OUTAGE: Final = dt.timedelta(minutes=10)


def settle(request: BuyerRequest, auction: Auction, now: dt.datetime) -> None:
    """Does what is due at `now`. The request is locked; `auction` is read under the lock and kept up to date."""
    if auction.state not in UNDECIDED:
        return
    if request.state in {RequestState.CANCELLED, RequestState.AWARDED}:
        _void(auction, now, "cancelled")
        return
    if (
        auction.state == AuctionState.PLANNED
        and (due := start_of(request, auction)) is not None
        and due <= now
    ):
        _start(request, auction, now, due)
    if auction.state != AuctionState.RUNNING:
        return
    _settle_lots(request, auction, now)
    if auction.seen_at is None or now - auction.seen_at > LOOKED_EVERY:
        auction.seen_at = now
        auction.save(update_fields=["seen_at"])
    if not AuctionLot.objects.filter(auction=auction, closed_at=None).exists():
        _finish(request, auction, now)


def _settle_lots(request: BuyerRequest, auction: Auction, now: dt.datetime) -> None:
    gap = auction.seen_at if auction.seen_at is not None and now - auction.seen_at > OUTAGE_AFTER else None
    for lot in AuctionLot.objects.filter(auction=auction, closed_at=None):
        if (
            auction.timing == Timing.ONCE
            and request.deadline_at
            and lot.due_at
            and lot.due_at < request.deadline_at
        ):
            _prolong(auction, lot, now, request.deadline_at, "deadline")
        if gap is not None and lot.due_at is not None and lot.due_at >= gap:
            until = now + max(TIME_AFTER_OUTAGE if auction.form == Form.OPEN else auction.turn, auction.soft)
            if until > lot.due_at:
                _prolong(auction, lot, now, until, "outage")
        if lot.due_at is not None and lot.due_at <= now:
            _due(auction, lot, now)


def start_of(request: BuyerRequest, auction: Auction) -> dt.datetime | None:
    """When the auction starts, as things stand; None for a draft."""
    if request.deadline_at is None or request.published_at is None:
        return None
    if auction.timing == Timing.ONCE:
        return request.published_at
    return request.deadline_at + dt.timedelta(minutes=auction.pause_minutes)


def _start(request: BuyerRequest, auction: Auction, now: dt.datetime, due: dt.datetime) -> None:
    wanted = list(request.lines.all())
    auction.state, auction.starts_at = AuctionState.RUNNING, now
    lots = _lots(auction, wanted)
    if auction.timing == Timing.AFTER:
        entries = _qualified(request, auction, wanted, now)
        races = {lot.number: [each for each in entries if _enters(lot, each[1], wanted)] for lot in lots}
        if not any(len(each) > 1 for each in races.values()):
            _not_held(request, auction, now)
            return
        _seat(auction, [bid for bid, _entry in entries if any(bid in dict(each) for each in races.values())])
        end = _first_end(auction, now)
    else:
        races, end = {lot.number: [] for lot in lots}, request.deadline_at or now
    for lot in lots:
        lot.due_at = end
    AuctionLot.objects.bulk_create(lots)
    auction.save(update_fields=["state", "starts_at"])
    log.append(
        auction, EventKind.START, now, data={"terms": terms_told(auction), "state": str(auction.state)}
    )
    metrics.AUCTION_LATENESS.labels("start").observe(max(0.0, (now - due).total_seconds()))
    metrics.happened("auction_started")
    slots = dict(auction.bidders.values_list("bid", "slot"))
    for lot in lots:
        board = Board.of(auction, lot)
        for bid, entry in races[lot.number]:
            enter(board, slots[bid.pk], entry, wanted, now)
        if auction.timing == Timing.AFTER and len(races[lot.number]) < 2:
            close_lot(auction, lot, now)


def announce(request: BuyerRequest) -> None:
    """The deadline has passed: whoever takes part is told when the auction starts, the others that they do not."""
    auction = Auction.objects.filter(request=request, timing=Timing.AFTER, state=AuctionState.PLANNED).first()
    due = start_of(request, auction) if auction is not None else None
    if auction is None or due is None:
        return
    wanted = list(request.lines.all())
    lots = _lots(auction, wanted)
    entries = _qualified(request, auction, wanted, database_now())
    enter_it = {bid.pk for bid, entry in entries if any(_enters(lot, entry, wanted) for lot in lots)}
    for bid in Bid.objects.filter(request=request, state=BidState.SENT).select_related("vendor"):
        if bid.pk in enter_it:
            kinds.tell_of_start(auction, bid.vendor, kinds.told_moment(due))
        else:
            kinds.tell_vendor(auction, bid.vendor, "auction.left_out")


def _not_held(request: BuyerRequest, auction: Auction, now: dt.datetime) -> None:
    _void(auction, now, "few")
    kinds.tell_buyer(auction, "auction.void", key="void")
    for bid in Bid.objects.filter(request=request, state=BidState.SENT).select_related("vendor"):
        kinds.tell_vendor(auction, bid.vendor, "auction.not_held")


def _lots(auction: Auction, wanted: list[RequestLine]) -> list[AuctionLot]:
    if auction.subject == Subject.TOTAL:
        return [AuctionLot(auction=auction, number=1, start_amount=auction.start_amount)]
    return [
        AuctionLot(auction=auction, number=number, line=line, start_amount=line.ceiling_amount)
        for number, line in enumerate(wanted, start=1)
    ]


def _first_end(auction: Auction, now: dt.datetime) -> dt.datetime:
    """Before the first turn everybody has the time of one to look at the prices."""
    if auction.form == Form.ROUNDS:
        return now + auction.turn
    return now + dt.timedelta(minutes=auction.duration_minutes)


def _qualified(
    request: BuyerRequest, auction: Auction, wanted: list[RequestLine], now: dt.datetime
) -> list[tuple[Bid, Entry]]:
    """Bids in force in the order in which they came, as entries in the request's currency."""
    rates = current_rates()
    bids = Bid.objects.filter(request=request, state=BidState.SENT).select_related("vendor")
    entries = [
        (bid, entry)
        for bid in bids.order_by("sent_at", "pk")
        if bid.vendor.is_public
        if (entry := entry_of(bid, request.currency, rates, now)) is not None
        and priced_in_full(entry, wanted)
    ]
    best = sorted(entries, key=lambda each: (-len(priced_in_full(each[1], wanted)), each[1].total))
    kept = {bid.pk for bid, _entry in best[:MOST_BIDDERS]}
    return [each for each in entries if each[0].pk in kept]


def _enters(lot: AuctionLot, entry: Entry, wanted: list[RequestLine]) -> bool:
    full = priced_in_full(entry, wanted)
    return len(full) == len(wanted) if lot.line_id is None else lot.line_id in full


def _seat(auction: Auction, bids: list[Bid]) -> None:
    """Numbers say nothing of who came first."""
    slots = list(range(1, len(bids) + 1))
    secrets.SystemRandom().shuffle(slots)
    AuctionBidder.objects.bulk_create(
        AuctionBidder(auction=auction, vendor_id=bid.vendor_id, bid=bid, slot=slot)
        for bid, slot in zip(bids, slots, strict=True)
    )


def enter(board: Board, slot: int, entry: Entry, wanted: list[RequestLine], at: dt.datetime) -> None:
    """Puts an opening price on the board."""
    if board.lot.line_id is None:
        asked = at_asked_quantity(entry, wanted)
        amount, least = asked.total, asked.least
    else:
        line = next(each for each in wanted if each.pk == board.lot.line_id)
        asked = at_asked_quantity(entry, [line])
        amount, least = next(each.price_amount for each in _priced(asked) if each.line_id == line.pk), 1
    row = AuctionStanding.objects.create(
        lot=board.lot,
        slot=slot,
        amount=amount,
        seq=board.auction.seq + 1,
        opening_amount=amount,
        least_amount=least,
    )
    board.rows[slot] = row
    board.stands[slot] = racing.Stand(slot, amount, row.seq, least)
    board.note(EventKind.OPENING, at, slot=slot, amount=amount)


def _priced(entry: Entry) -> list[BidLineInput]:
    return [replace(line, price_amount=price_at(line)) for line in entry.lines]


def join(bid: Bid, request: BuyerRequest, now: dt.datetime) -> None:
    """A bid that was sent while an auction runs enters it, where it prices all that is asked. The request is locked."""
    auction = Auction.objects.filter(request=request, timing=Timing.ONCE).first()
    if auction is None:
        return
    settle(request, auction, now)
    if auction.state != AuctionState.RUNNING or auction.bidders.count() >= MOST_BIDDERS:
        return
    wanted = list(request.lines.all())
    entry = entry_of(bid, request.currency, current_rates(), now)
    lots = [
        lot
        for lot in AuctionLot.objects.filter(auction=auction, closed_at=None)
        if entry is not None and _enters(lot, entry, wanted)
    ]
    if entry is None or not lots or auction.bidders.filter(bid=bid).exists():
        return
    taken = set(auction.bidders.values_list("slot", flat=True))
    slot = secrets.choice([each for each in range(1, len(taken) + 6) if each not in taken])
    AuctionBidder.objects.create(auction=auction, vendor_id=bid.vendor_id, bid=bid, slot=slot)
    for lot in lots:
        board = Board.of(auction, lot)
        enter(board, slot, entry, wanted, now)
        more_time(board, now, slot)
        board.answer(now, auction.seq)


def more_time(board: Board, at: dt.datetime, slot: int, *, led: bool = False) -> bool:
    """The last minutes start anew if the bidder took the lead just now; noted with the event that comes."""
    first, lot = board.leader, board.lot
    assert lot.due_at is not None
    until = racing.prolonged(
        board.rules,
        due_at=lot.due_at,
        at=at,
        extensions=lot.extensions,
        takes_lead=not led and first is not None and first.slot == slot,
    )
    if until is None:
        return False
    lot.due_at, lot.extensions = until, lot.extensions + 1
    board.save_lot("due_at", "extensions")
    board.note(EventKind.PROLONGED, at, slot=slot, cause=board.auction.seq, reason="soft")
    return True


def _prolong(auction: Auction, lot: AuctionLot, now: dt.datetime, until: dt.datetime, why: str) -> None:
    lot.due_at = until
    lot.save(update_fields=["due_at"])
    Board.of(auction, lot).note(EventKind.PROLONGED, now, reason=why)
    if why == "outage":
        logger.warning("auctions.prolonged_after_outage", auction=auction.pk, lot=lot.number)
        kinds.tell_bidders(
            auction, "auction.resumed", key=f"outage:{auction.seq}", moment=kinds.told_moment(until)
        )


def _due(auction: Auction, lot: AuctionLot, now: dt.datetime) -> None:
    if auction.form == Form.ROUNDS and next_turn(Board.of(auction, lot), now):
        return
    close_lot(auction, lot, now)


def next_turn(board: Board, now: dt.datetime) -> bool:
    """In rounds: the turn passes on, with its whole time from now; False: the last one has ended."""
    auction, lot = board.auction, board.lot
    lot.turn += 1
    if lot.round == 0 or lot.turn >= len(lot.order):
        if lot.round >= auction.rounds:
            return False
        lot.round, lot.turn = lot.round + 1, 0
        lot.order = racing.turn_order(board.stands.values())
    lot.due_at = now + auction.turn
    board.save_lot("turn", "round", "order", "due_at")
    board.note(EventKind.TURN, now, slot=board.whose_turn)
    return True


def close_lot(auction: Auction, lot: AuctionLot, now: dt.datetime) -> None:
    """Ends a lot; whose price is the best is told by the event."""
    due, lot.closed_at = lot.due_at or now, now
    lot.save(update_fields=["closed_at"])
    board = Board.of(auction, lot)
    first = board.leader
    board.note(
        EventKind.CLOSE, now, slot=first.slot if first else None, amount=first.amount if first else None
    )
    if due <= now:
        metrics.AUCTION_LATENESS.labels("close").observe((now - due).total_seconds())


def _finish(request: BuyerRequest, auction: Auction, now: dt.datetime) -> None:
    if not auction.bidders.exists():
        _not_held(request, auction, now)
        return
    auction.state, auction.ended_at = AuctionState.OVER, now
    auction.save(update_fields=["state", "ended_at"])
    if request.state == RequestState.OPEN:
        request.state, request.closed_at = RequestState.CLOSED, now
        request.save(update_fields=["state", "closed_at"])
    results.write_prices(auction, request, now)
    kinds.tell_buyer(auction, "auction.result", key="over")
    kinds.tell_bidders(auction, "auction.over", key="over")
    metrics.happened("auction_over")


def _void(auction: Auction, now: dt.datetime, reason: str) -> None:
    auction.state, auction.void_reason, auction.ended_at = AuctionState.VOID, reason, now
    auction.save(update_fields=["state", "void_reason", "ended_at"])
    AuctionLot.objects.filter(auction=auction, closed_at=None).update(closed_at=now)
    log.append(auction, EventKind.VOID, now, reason=reason, data={"state": str(auction.state)})


def terms_told(auction: Auction) -> dict[str, Any]:
    """The terms as the log's first event has them; of the reserve only that there is one."""
    return {
        "timing": str(auction.timing), "subject": str(auction.subject), "form": str(auction.form),
        "duration_minutes": auction.duration_minutes, "soft_minutes": auction.soft_minutes,
        "most_extensions": auction.most_extensions, "step_kind": str(auction.step_kind),
        "step_amount": auction.step_amount, "step_percent": str(auction.step_percent),
        "rounds": auction.rounds, "turn_minutes": auction.turn_minutes,
        "start_amount": auction.start_amount, "has_reserve": bool(auction.reserve_sealed),
    }  # fmt: skip
