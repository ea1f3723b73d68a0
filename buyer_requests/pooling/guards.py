"""What the rest of the room asks of pooled requests before it acts: reads only, so that every service may import it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from buyer_requests.changing.content import Difference
from buyer_requests.models import Bid, BuyerRequest, PoolMember, PoolTerms
from buyer_requests.pooling.enums import MemberState
from buyer_requests.pooling.errors import OneSide, PoolDecides, PoolIncomplete, PoolUnchanged
from vendors.models import Vendor

#: Days after joining has ended to which the deadline may still be moved.
MOST_AFTER_JOINING: Final = 30


def is_pooled(request: BuyerRequest) -> bool:
    """Costs no statement where the request came with its `pool`."""
    return hasattr(request, "pool")


def refuse_change(request: BuyerRequest, _changes: Difference, _now: dt.datetime) -> None:
    """Raises PoolUnchanged: who joined agreed to the request as it was."""
    if is_pooled(request):
        raise PoolUnchanged("pool_unchanged")


def refuse_long_wait(request: BuyerRequest, deadline_at: dt.datetime, now: dt.datetime) -> None:
    """Raises PoolIncomplete: who can no longer leave is not bound for longer than was to be foreseen."""
    terms = PoolTerms.objects.filter(request=request).first()
    if terms is None or terms.join_until is None or terms.join_until > now:
        return
    if deadline_at > terms.join_until + dt.timedelta(days=MOST_AFTER_JOINING):
        raise PoolIncomplete("deadline_far", field="deadline", days=MOST_AFTER_JOINING)


def refuse_free_choice(request: BuyerRequest) -> None:
    """Raises PoolDecides where a rule was stated to those who joined."""
    if is_pooled(request):
        raise PoolDecides("pool_decides")


def require_one_side(request: BuyerRequest, vendor: Vendor) -> None:
    """Raises OneSide where somebody who works for the vendor takes part in the request."""
    insiders = PoolMember.objects.filter(
        request=request, state=MemberState.JOINED, user__memberships__vendor=vendor
    )
    if insiders.exists():
        raise OneSide("one_side")


def works_for_bidder(request: BuyerRequest, user_id: int) -> bool:
    """Whether the person works for a vendor that has begun a bid on the request."""
    return Bid.objects.filter(request=request, vendor__memberships__user=user_id).exists()
