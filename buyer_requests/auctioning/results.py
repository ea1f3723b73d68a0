"""What an auction leaves behind: every bidder's last price as a revision of its bid, so that the buyer decides as usual."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace

import structlog
from django.db import transaction
from django.utils import timezone

from buyer_requests.auctioning.opening import Entry, at_asked_quantity, entry_of
from buyer_requests.auctioning.spreading import spread
from buyer_requests.bidding.enums import Origin
from buyer_requests.bidding.inputs import BidLineInput, BidTerms
from buyer_requests.models import Auction, AuctionStanding, Bid, BuyerRequest, RequestLine
from buyer_requests.services.bids import revise
from core.errors import DomainError
from core.money import MINOR_SCALE, PRICE_SCALE
from core.rates import current_rates

logger = structlog.get_logger(__name__)
_MINOR = PRICE_SCALE // MINOR_SCALE


def write_prices(auction: Auction, request: BuyerRequest, now: dt.datetime) -> int:
    """Revises the bids whose price fell, under the request's lock; returns how many. The bids were frozen meanwhile."""
    wanted = list(request.lines.all())
    fallen: dict[int, list[AuctionStanding]] = defaultdict(list)
    rows = AuctionStanding.objects.filter(lot__auction=auction).select_related("lot")
    for row in rows:
        if row.amount < row.opening_amount:
            fallen[row.slot].append(row)
    revised = 0
    for bidder in auction.bidders.filter(slot__in=fallen).select_related("bid__vendor", "bid__request"):
        try:
            with transaction.atomic():
                revised += _revise(bidder.bid, request, wanted, fallen[bidder.slot], now)
        except DomainError as error:  # the price stands in the log; one bid holds no other back
            logger.exception("auctions.price_not_written", bid=bidder.bid_id, code=error.code)
    return revised


def _revise(
    bid: Bid,
    request: BuyerRequest,
    wanted: list[RequestLine],
    rows: list[AuctionStanding],
    now: dt.datetime,
) -> bool:
    entry = entry_of(bid, request.currency, current_rates(), now)
    if entry is None:
        # It ran out while the auction ran: a price that was named in it holds for that day at least.
        bid.valid_until = timezone.localdate(now)
        entry = entry_of(bid, request.currency, current_rates(), now)
    if entry is None:
        return False
    whole = next((row for row in rows if row.lot.line_id is None), None)
    if whole is not None:
        lines, terms = at_total(entry, wanted, whole.amount)
    else:
        lines, terms = _at_unit_prices(entry, {row.lot.line_id: row.amount for row in rows})
    today = timezone.localdate(now)
    # A day of delivery that has passed while the auction ran says nothing any more.
    lines = [
        replace(line, delivery_on=None) if line.delivery_on is not None and line.delivery_on < today else line
        for line in lines
    ]
    return revise(bid, request, lines, terms, now, user=bid.sent_by, origin=Origin.AUCTION)


def at_total(entry: Entry, wanted: list[RequestLine], amount: int) -> tuple[list[BidLineInput], BidTerms]:
    """The bid at a delivered total of `amount` (1/10,000): goods in proportion, delivery fixed at what it was.

    The sum is exact to the minor unit for the quantities that are asked for. The price is one of the whole: less than all
    of the goods is below the least order, which only the vendor can agree to.
    """
    asked = at_asked_quantity(entry, wanted)
    goods = amount // _MINOR - entry.delivery
    made = spread(asked.lines, goods)
    lines = [
        replace(line, price_amount=new.price_amount, breaks=())
        for line, new in zip(entry.lines, made.lines, strict=True)
    ]
    terms = replace(
        entry.terms,
        delivery_price=(entry.delivery + made.rest) * _MINOR,
        free_delivery_from=None,
        minimum_order=(goods - made.rest) * _MINOR,
    )
    return lines, terms


def _at_unit_prices(entry: Entry, prices: dict[int | None, int]) -> tuple[list[BidLineInput], BidTerms]:
    lines = [
        replace(line, price_amount=prices[line.line_id], breaks=()) if line.line_id in prices else line
        for line in entry.lines
    ]
    return lines, entry.terms
