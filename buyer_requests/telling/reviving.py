"""A request that may be told of again: nobody who was noted, or waits for a turn, has lost it meanwhile."""

from __future__ import annotations

import datetime as dt

from buyer_requests.bidding.automatic import live_vendors
from buyer_requests.models import BuyerRequest, VendorNotice
from buyer_requests.telling.enums import NoticeState
from buyer_requests.telling.turns import emit_tell, give_more_turns


def revive(request: BuyerRequest, now: dt.datetime) -> None:
    """After a request was held back and released; part of the caller's transaction.

    Who was noted before and not told is told now, and rules, which were still meanwhile, look at it again.
    """
    noted = VendorNotice.objects.filter(request=request)
    states = dict(noted.order_by("pk").values_list("vendor_id", "state"))
    live = live_vendors(list(states))
    emit_tell(
        [
            (request.pk, vendor)
            for vendor, state in states.items()
            if state == NoticeState.NEW or vendor in live
        ]
    )
    give_more_turns(request, now)
