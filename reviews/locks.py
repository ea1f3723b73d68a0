"""Every row lock of reviews. Who holds a request's lock as well took that one first."""

from __future__ import annotations

import uuid

from django.db import connection

from buyer_requests.models import BuyerRequest, PoolMember
from core.errors import NotFound
from reviews.enums import Side
from reviews.models import Review
from vendors.models import Vendor


def locked_review(public_id: uuid.UUID) -> Review:
    """The review until the transaction ends; raises NotFound."""
    if not connection.in_atomic_block:
        raise RuntimeError("A lock outside of a transaction holds nothing.")
    review = Review.objects.select_for_update().filter(public_id=public_id).first()
    if review is None:
        raise NotFound("unknown_review")
    return review


def locked_word(
    request: BuyerRequest, vendor: Vendor, side: Side, member: PoolMember | None = None
) -> Review | None:
    """What one side said of a deal, or one participant of a pool, until the transaction ends: it must not be shown while it is being changed."""
    if not connection.in_atomic_block:
        raise RuntimeError("A lock outside of a transaction holds nothing.")
    said = Review.objects.select_for_update(of=("self",))
    return said.filter(request=request, vendor=vendor, side=side, member=member).first()
