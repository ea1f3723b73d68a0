"""What an auction demands of a draft before it is published."""

from __future__ import annotations

import datetime as dt

from buyer_requests.auctioning.enums import Subject
from buyer_requests.errors import RequestIncomplete
from buyer_requests.models import Auction, BuyerRequest


def check_publishing(request: BuyerRequest, now: dt.datetime) -> None:
    """Raises RequestIncomplete for ways to ask that exclude each other."""
    auction = Auction.objects.filter(request=request).first()
    if auction is None:
        return
    if getattr(request, "pool", None) is not None:
        raise RequestIncomplete("auction_and_pool", field="auction")
    if auction.subject == Subject.LINES and request.lines.count() > MOST_LOTS:
        raise RequestIncomplete("auction_lines", field="auction", most=MOST_LOTS)


#: Lots that can be followed at once.
MOST_LOTS = 50
