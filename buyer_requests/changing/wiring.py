"""This package's entries in the room's registries."""

from __future__ import annotations

import datetime as dt

from accounts import personal_data as people_data
from buyer_requests.auctioning.guards import undecided_auction
from buyer_requests.changing import kinds, personal_data
from buyer_requests.changing.content import Difference
from buyer_requests.changing.errors import AuctionAhead
from buyer_requests.changing.services import register_check
from buyer_requests.models import BuyerRequest


def connect() -> None:
    """Called once when the application starts."""
    kinds.connect()
    register_check(refuse_before_auction)
    people_data.register("changed_requests", export=personal_data.export, erase=personal_data.erase)


def refuse_before_auction(request: BuyerRequest, _changes: Difference, _now: dt.datetime) -> None:
    """Raises AuctionAhead: prices of an auction, planned or running, are for what was put up for it."""
    if hasattr(request, "auction") and undecided_auction(request) is not None:
        raise AuctionAhead("auction_ahead")
