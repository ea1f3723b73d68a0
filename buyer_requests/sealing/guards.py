"""What a sealed request refuses: to be changed, and to be asked for in ways that show prices before the deadline."""

from __future__ import annotations

import datetime as dt
from typing import Final

from buyer_requests.changing.content import Difference
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.errors import SealedForGood, SealedOrOther
from buyer_requests.sealing.holding import is_sealed

#: Rows of a request that make it something that cannot be sealed.
OTHER_WAYS: Final = ("auction", "pool", "standing")


def refuse_change(request: BuyerRequest, _changes: Difference, _now: dt.datetime) -> None:
    """Raises SealedForGood: what bidders committed to answers the request as it was, and nobody could ask them."""
    if is_sealed(request):
        raise SealedForGood("unchanged")


def refuse_other_ways(request: BuyerRequest, _now: dt.datetime) -> None:
    """Raises SealedOrOther: an auction shows prices while it runs, a pool's members decide by its own rule, and a request
    that stays open has no one opening.
    """
    if is_sealed(request) and any(hasattr(request, way) for way in OTHER_WAYS):
        raise SealedOrOther
