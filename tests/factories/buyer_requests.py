"""Requests, their lines and bids, made through the services wherever a state has rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from buyer_requests import services
from buyer_requests.models import Bid, BuyerRequest
from buyer_requests.services.bids import BidLineInput, BidTerms
from tests.factories.accounts import UserFactory
from tests.factories.vendors import MembershipFactory
from vendors.models import Vendor

LINES = (
    services.LineInput(text="Степлер металевий", quantity=Decimal(2), unit="H87"),
    services.LineInput(text="Папір А4", quantity=Decimal(10), unit="PK", ceiling_amount=1_500_000),
)


def in_days(days: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def make_draft(buyer: User | None = None, *, lines: Any = LINES, **values: Any) -> BuyerRequest:
    buyer = buyer or UserFactory()
    request = services.create_draft(buyer=buyer)
    defaults = {"title": "Канцтовари", "deadline_at": in_days(3)}
    return services.save_draft(buyer=buyer, request=request, lines=lines, **defaults | values)


def make_open(buyer: User | None = None, **values: Any) -> BuyerRequest:
    """A published request; what follows from that waits in the outbox."""
    draft = make_draft(buyer, **values)
    return services.publish_request(buyer=draft.buyer, request=draft)


def make_member(vendor: Vendor) -> User:
    return MembershipFactory(vendor=vendor).user


def bid_line(request: BuyerRequest, position: int, price: int, **values: Any) -> BidLineInput:
    """A bid for the line at `position`; `price` in 1/10,000."""
    line = request.lines.get(position=position)
    return BidLineInput(
        **{"line_id": line.pk, "title": line.text, "quantity": line.quantity, "price_amount": price} | values
    )


def make_bid(request: BuyerRequest, vendor: Vendor, prices: dict[int, int], **terms: Any) -> Bid:
    """A sent bid: {position of the line: price in 1/10,000}."""
    return services.send_bid(
        vendor=vendor,
        user=make_member(vendor),
        request=request,
        lines=[bid_line(request, position, price) for position, price in prices.items()],
        terms=BidTerms(**terms),
    )


def pass_deadline(request: BuyerRequest, *, seconds: float = 1) -> None:
    """Moves the deadline into the past, as time itself would."""
    BuyerRequest.objects.filter(pk=request.pk).update(
        deadline_at=timezone.now() - dt.timedelta(seconds=seconds)
    )
    request.refresh_from_db()
