"""Deals, made by the services that requests are awarded with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from buyer_requests import services
from buyer_requests.models import BuyerRequest
from reviews.enums import Side
from reviews.models import Review
from reviews.services import Said, rate, show_due
from tests.factories.buyer_requests import make_bid, make_member, make_open
from vendors.models import Vendor


def make_deal(vendor: Vendor, **values: Any) -> BuyerRequest:
    """A request of which the vendor accepted the first line."""
    request = make_open(**values)
    bid = make_bid(request, vendor, {1: 100_000, 2: 900_000})
    line = request.lines.get(position=1)
    services.award_request(buyer=request.buyer, request=request, choice={line.pk: bid.pk})
    services.answer_award(vendor=vendor, user=make_member(vendor), request=request, accepts=True)
    request.refresh_from_db()
    return request


def make_shown_review(request: BuyerRequest, vendor: Vendor, **said: Any) -> Review:
    """A buyer's word that waited its two weeks."""
    review = rate(
        side=Side.BUYER, user=request.buyer, request=request, vendor=vendor, said=Said(**{"stars": 5} | said)
    )
    Review.objects.filter(pk=review.pk).update(reveal_at=timezone.now() - dt.timedelta(seconds=1))
    show_due()
    review.refresh_from_db()
    return review
