"""An auction among three vendors whose bids came in, ready to start or started."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from buyer_requests.auctioning import moving, watching
from buyer_requests.models import Auction, AuctionEvent, AuctionLot, BuyerRequest
from buyer_requests.services.publishing import close_due_requests
from tests.factories.buyer_requests import make_bid, make_open, pass_deadline
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor


class Race:
    """A request with its auction and bidders; prices are delivered totals in whole hryvnias."""

    def __init__(self, request: BuyerRequest, vendors: list[Vendor]) -> None:
        self.request, self.vendors = request, vendors

    @property
    def auction(self) -> Auction:
        return Auction.objects.get(request=self.request)

    @property
    def lot(self) -> AuctionLot:
        return AuctionLot.objects.get(auction__request=self.request, number=1)

    def bid(self, vendor: int, price: float, *, key: str = "", lot: int = 1) -> AuctionEvent:
        amount = round(price * 10_000)
        return moving.place_bid(
            vendor=self.vendors[vendor], request=self.request, lot=lot, amount=amount, key=key
        )

    def floor(self, vendor: int, price: float | None) -> AuctionEvent:
        amount = None if price is None else round(price * 10_000)
        return moving.set_floor(
            vendor=self.vendors[vendor], request=self.request, lot=1, amount=amount, key=""
        )

    def slot(self, vendor: int) -> int:
        return self.auction.bidders.get(vendor=self.vendors[vendor]).slot

    def ends_in(self, seconds: float) -> None:
        AuctionLot.objects.filter(auction=self.auction).update(
            due_at=timezone.now() + dt.timedelta(seconds=seconds)
        )

    def prices(self) -> list[tuple[int, float]]:
        """(vendor, price) from the best on."""
        by_slot = dict(self.auction.bidders.values_list("slot", "vendor"))
        places = {vendor.pk: place for place, vendor in enumerate(self.vendors)}
        rows = self.lot.standings.order_by("amount", "seq")
        return [(places[by_slot[row.slot]], row.amount / 10_000) for row in rows]


@pytest.fixture
def race(db: Any) -> Callable[..., Race]:
    def make(*, start: bool = True, **terms: Any) -> Race:
        request = make_open()
        defaults = {"step_kind": "amount", "step_amount": 100_000, "pause_minutes": 0}
        Auction.objects.create(request=request, **defaults | terms)
        vendors = [VendorFactory() for _ in range(3)]
        for vendor, price in zip(vendors, (1_000_000, 950_000, 900_000), strict=True):
            make_bid(request, vendor, {1: price * 10, 2: price}, delivery_price=500_000)
        if start:
            pass_deadline(request)
            close_due_requests()
            watching.settle_due()
        return Race(request, vendors)

    return make
