"""Races of `auctions.py`: what is tried, and what the log has to say then, decided anew by none of the code that it judges."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

UNIT = 100


def people() -> tuple[Any, list[Any]]:
    from accounts.models import User
    from vendors.models import Membership, Vendor

    buyer = User.objects.create_user("buyer@bench.example", "bench-password-1")
    vendors = [Vendor.objects.create(slug=f"race-{n}", name=f"Race {n}", state="approved") for n in range(6)]
    for number, vendor in enumerate(vendors):
        user = User.objects.create_user(f"v{number}@bench.example", "bench-password-1")
        Membership.objects.create(vendor=vendor, user=user, role="owner")
    return buyer, vendors


def make_races(
    buyer: Any, vendors: list[Any], count: int, chance: random.Random, *, ends: float = 3600
) -> list[int]:
    """Running auctions with opening prices; ids of their requests."""
    from buyer_requests.auctioning import log
    from buyer_requests.auctioning.board import Board
    from buyer_requests.auctioning.enums import EventKind
    from buyer_requests.locks import database_now
    from buyer_requests.models import Auction, AuctionBidder, AuctionLot, AuctionStanding, Bid, BuyerRequest

    now = database_now()
    requests = BuyerRequest.objects.bulk_create(
        BuyerRequest(buyer=buyer, title="race", state="closed", published_at=now, deadline_at=now)
        for _ in range(count)
    )
    auctions = Auction.objects.bulk_create(
        Auction(
            request=request, state="running", starts_at=now, seen_at=now, soft_minutes=1, most_extensions=3,
            step_kind=chance.choice(["amount", "percent"]), step_amount=UNIT * chance.randint(1, 30),
        )
        for request in requests
    )  # fmt: skip
    lots = AuctionLot.objects.bulk_create(
        AuctionLot(auction=auction, number=1, due_at=now + dt.timedelta(seconds=ends), start_amount=None)
        for auction in auctions
    )
    bids, seats, rows = [], [], []
    for request, auction, lot in zip(requests, auctions, lots, strict=True):
        for slot, vendor in enumerate(chance.sample(vendors, chance.randint(2, 5)), start=1):
            bid = Bid(request=request, vendor=vendor, state="sent", sent_at=now)
            amount = UNIT * chance.randint(9_000, 10_000)
            bids.append(bid)
            seats.append(AuctionBidder(auction=auction, vendor=vendor, bid=bid, slot=slot))
            rows.append(AuctionStanding(lot=lot, slot=slot, amount=amount, seq=slot, opening_amount=amount))
    Bid.objects.bulk_create(bids)
    AuctionBidder.objects.bulk_create(seats)
    AuctionStanding.objects.bulk_create(rows)
    for auction, lot in zip(auctions, lots, strict=True):
        board = Board.of(auction, lot)
        for slot, row in sorted(board.rows.items()):
            log.append(
                auction, EventKind.OPENING, now, lot=1, slot=slot, amount=row.amount, data=board.data()
            )
    return [request.pk for request in requests]


class Race:
    """What is tried in one race: (vendor, kind, amount, key, wait) each."""

    def __init__(self, request_id: int, chance: random.Random) -> None:
        from buyer_requests.models import AuctionBidder, AuctionStanding

        self.request_id = request_id
        self.seats = dict(
            AuctionBidder.objects.filter(auction__request=request_id).values_list("slot", "vendor")
        )
        opening = dict(
            AuctionStanding.objects.filter(lot__auction__request=request_id).values_list("slot", "amount")
        )
        low = min(opening.values())
        self.floors: dict[int, list[int]] = {}
        self.tries: list[tuple[int, str, int, str, float]] = []
        self.over: set[str] = set()  # keys of moves that were told that it has ended
        self.ends = chance.uniform(0.005, 0.05) if chance.random() < 0.25 else None
        for slot in self.seats:
            for _ in range(chance.randint(1, 2)):
                amount = (
                    low - UNIT * chance.choice([0, 5, 20, 40, 80, 120, 200]) - UNIT * chance.randint(0, 9)
                )
                kind = "floor" if chance.random() < 0.2 else "bid"
                if kind == "floor":
                    self.floors.setdefault(slot, []).append(amount)
                key = uuid.UUID(int=chance.getrandbits(128)).hex
                self.tries.append((slot, kind, amount, key, chance.uniform(0, 0.004)))
                if chance.random() < 0.15:
                    self.tries.append((slot, kind, amount, key, chance.uniform(0, 0.004)))
        chance.shuffle(self.tries)


def oracle(race: Race, figures: dict[str, int]) -> list[str]:  # noqa: C901, PLR0912, PLR0915 - a plain story told in the order of the log
    """What is wrong with a race, by its log alone; empty: nothing."""
    from buyer_requests.auctioning import log
    from buyer_requests.models import Auction, AuctionEvent, AuctionLot, AuctionStanding

    auction = Auction.objects.get(request=race.request_id)
    lot = AuctionLot.objects.get(auction=auction)
    events = list(AuctionEvent.objects.filter(auction=auction).order_by("seq", "pk"))
    wrong: list[str] = []
    prices: dict[int, tuple[int, int]] = {}
    floors: dict[int, int] = {}
    keys: dict[str, int] = {}
    due: dt.datetime | None = None

    def step_of(amount: int) -> int:
        step = amount * 50 // 10_000 if auction.step_kind == "percent" else auction.step_amount or 0
        return max(UNIT, step // UNIT * UNIT)

    for event in events:
        due = dt.datetime.fromisoformat(event.data["due"]) if event.data.get("due") else due
        best = min(((amount, seq) for amount, seq in prices.values()), default=None)
        if event.key:
            keys[event.key] = keys.get(event.key, 0) + 1
        slot, amount = event.slot or 0, event.amount or 0
        if event.kind == "opening":
            prices[slot] = (amount, event.seq)
        elif event.kind in {"bid", "auto"}:
            assert best is not None
            # A move that gains time stands before the event that says so: judged by the end as it was.
            in_time = due is None or event.at < due
            good = amount <= best[0] - step_of(best[0]) and in_time and amount > 0 and amount % UNIT == 0
            figures["moves"] += event.kind == "bid"
            figures["automatic"] += event.kind == "auto"
            figures["refused"] += bool(event.code)
            figures["late"] += event.code == "late"
            if event.kind == "auto" and amount < floors.get(slot, 10**18):
                good = False
            if good == bool(event.code):
                wrong.append(
                    f"{event.seq} {event.kind} {amount} against {best[0]} was {event.code or 'taken'}"
                )
            if not event.code:
                prices[slot] = (amount, event.seq)
        elif event.kind == "floor" and not event.code:
            given = race.floors.get(slot, [])
            floors[slot] = next((each for each in given if len(given) == 1), min(given, default=0))
    figures["doubles"] += len(race.tries) - len({each[3] for each in race.tries})
    if any(count > 1 for count in keys.values()):
        wrong.append("a key counts twice")
    figures["over"] += len(race.over)
    if keys.keys() != {each[3] for each in race.tries} - race.over:
        wrong.append("a move is missing in the log")
    stored = AuctionStanding.objects.filter(lot=lot).order_by("amount", "seq").first()
    winner = min(prices.items(), key=lambda each: each[1])
    if stored is None or (stored.slot, stored.amount) != (winner[0], winner[1][0]):
        wrong.append("the standing names another winner than the log")
    close = next((each for each in events if each.kind == "close"), None)
    if race.over and close is None:
        wrong.append("a move was told that it has ended, and it had not")
    if close is not None and (close.slot, close.amount) != (winner[0], winner[1][0]):
        wrong.append("another winner was declared")
    if log.first_broken({**log.told(each), "hash": each.hash} for each in events) is not None:
        wrong.append("the chain is broken")
    return wrong


def without_lock() -> None:
    """The control: the request is read as it is, and nothing in the database keeps two events apart."""
    from django.db import connection

    from buyer_requests.auctioning import moving
    from buyer_requests.locks import database_now
    from buyer_requests.models import BuyerRequest

    moving.locked_request = lambda pk: (BuyerRequest.objects.get(pk=pk), database_now())  # type: ignore[assignment]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE buyer_requests_auctionevent DROP CONSTRAINT auctions_event_once")
