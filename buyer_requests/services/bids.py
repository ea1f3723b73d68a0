"""A vendor's bid: drafted, sent, revised with its history kept, withdrawn; all of it only until the deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.auctioning.guards import require_outside
from buyer_requests.bidding.checking import Wanted, check
from buyer_requests.bidding.enums import CounterState, Origin
from buyer_requests.bidding.history import content_of
from buyer_requests.bidding.inputs import AlternativeInput, BidLineInput, BidTerms
from buyer_requests.changing.standing import note_answer, require_version
from buyer_requests.enums import BidState
from buyer_requests.errors import BidNotSent
from buyer_requests.locks import locked_request
from buyer_requests.models import (
    Bid,
    BidAlternative,
    BidLine,
    BidRevision,
    BuyerRequest,
    CounterOffer,
    RequestLine,
)
from buyer_requests.pooling.guards import require_one_side
from buyer_requests.sealing import sending as under_seal
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services import messages
from buyer_requests.services.publishing import CONSUMER, require_open
from buyer_requests.trust.limits import count_bid
from catalog.models import Offer
from core import outbox
from vendors.models import Vendor

__all__ = [
    "AlternativeInput",
    "BidLineInput",
    "BidTerms",
    "revise",
    "save_bid_draft",
    "send_bid",
    "withdraw_bid",
]

#: The outbox's topic: a bid was sent for the first time, so its sender is held against the other bidders.
BID_SENT = "bid_sent"


@transaction.atomic
def save_bid_draft(
    *,
    vendor: Vendor,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    version: int | None = None,
) -> Bid:
    """Keeps an unsent bid for later; the buyer sees nothing of it. Locks the request.

    `version` is the request's that the bid was written for: what changed since then its vendor is told.
    Raises UnknownRequest where the vendor may not see the request, RequestNotOpen, BidIncomplete, and BidNotSent
    (`already_sent`) where a bid is in force: that one is revised by sending.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    if is_sealed(current):
        under_seal.save(vendor=vendor, request=current, lines=lines, terms=terms, now=now, version=version)
        return Bid(request=current, vendor=vendor)
    bid = _bid_of(current, vendor)
    if bid.state == BidState.SENT:
        raise BidNotSent("already_sent")
    bid.is_automatic = False
    _write(bid, current, lines, terms, now, complete=False)
    note_answer(bid, current, version)
    return bid


@transaction.atomic
def send_bid(
    *,
    vendor: Vendor,
    user: User | None,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    origin: Origin = Origin.PERSON,
    sender: str = "",
    version: int | None = None,
) -> Bid:
    """Sends the bid, or revises the one that was sent; each sending is kept as a revision. Locks the request.

    `version` is the request's that the bid was written for; RequestChanged is raised where bidders were asked to look
    at a newer one. `user` is None for a bid by a rule; `sender` is the keyed hash of where a person sent it from. Raises
    UnknownRequest where the vendor may not see the request, RequestNotOpen at and after the deadline, BidIncomplete
    with the field, TooMany where the vendor's people sent a day's number. The buyer is told. What is sent again unchanged stays the revision that it was.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    require_outside(current, vendor)
    require_version(current, version)
    require_one_side(current, vendor)
    if origin == Origin.PERSON:  # rules have caps of their own
        count_bid(vendor.pk)
    if is_sealed(current):
        under_seal.send(
            vendor=vendor,
            user=user,
            request=current,
            lines=lines,
            terms=terms,
            now=now,
            origin=origin,
            sender=sender,
        )
        return Bid(request=current, vendor=vendor, state=BidState.SENT)
    bid = _bid_of(current, vendor)
    was_known = bid.revisions.exists() if bid.pk else False
    if revise(bid, current, lines, terms, now, user=user, origin=origin, sender=sender) and not was_known:
        outbox.emit(CONSUMER, BID_SENT, {"bid": bid.pk})
    join_auction(bid, current, now)
    return bid


def revise(
    bid: Bid,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    now: dt.datetime,
    *,
    user: User | None,
    origin: Origin,
    sender: str = "",
) -> bool:
    """Puts a bid in force as it is given; the request is locked and the right was checked. False: nothing is new.

    Counter-offers that wait for an answer become void, unless the revision is itself an agreement.
    """
    earlier = bid.revisions.order_by("-number").first() if bid.pk else None
    was_sent = bid.state == BidState.SENT
    _write(bid, request, lines, terms, now, complete=True)
    if origin != Origin.COUNTER:
        note_answer(bid, request)
    content = content_of(bid)
    if was_sent and earlier is not None and earlier.content == content:
        return False
    bid.revision = earlier.number + 1 if earlier else 1
    bid.state = BidState.SENT
    bid.is_automatic = origin == Origin.RULE
    bid.sent_at, bid.sent_by, bid.withdrawn_at = now, user, None
    bid.save(update_fields=["revision", "state", "is_automatic", "sent_at", "sent_by", "withdrawn_at"])
    BidRevision.objects.create(bid=bid, number=bid.revision, content=content, origin=origin, sender=sender)
    if origin not in {
        Origin.COUNTER,
        Origin.AUCTION,
    }:  # who agreed was told of that, and the rest of the talk goes on
        _void_counters(bid, now)
        messages.tell_buyer_of_bid(bid, is_new=not was_sent)
    metrics.happened("bid_by_rule" if origin == Origin.RULE else "bid")
    return True


@transaction.atomic
def withdraw_bid(*, vendor: Vendor, request: BuyerRequest) -> Bid:
    """Takes a sent bid back until the deadline. Locks the request. The buyer is told."""
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    require_outside(current, vendor)
    if is_sealed(current):
        under_seal.withdraw(vendor=vendor, request=current, now=now)
        return Bid(request=current, vendor=vendor, state=BidState.WITHDRAWN)
    bid = Bid.objects.filter(request=current, vendor=vendor, state=BidState.SENT).first()
    if bid is None:
        raise BidNotSent("no_bid")
    bid.state = BidState.WITHDRAWN
    bid.withdrawn_at = now
    bid.save(update_fields=["state", "withdrawn_at"])
    _void_counters(bid, now)
    messages.tell_buyer_of_withdrawal(bid)
    return bid


def join_auction(bid: Bid, request: BuyerRequest, now: dt.datetime) -> None:
    """Who bids while an auction runs takes part from then on."""
    from buyer_requests.auctioning import running  # it imports this module at start-up

    running.join(bid, request, now)


def _bid_of(request: BuyerRequest, vendor: Vendor) -> Bid:
    return Bid.objects.filter(request=request, vendor=vendor).first() or Bid(request=request, vendor=vendor)


def _void_counters(bid: Bid, now: dt.datetime) -> None:
    CounterOffer.objects.filter(bid=bid, state=CounterState.OPEN).update(
        state=CounterState.VOID, decided_at=now
    )


def _write(
    bid: Bid,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    now: dt.datetime,
    *,
    complete: bool,
) -> None:
    wanted = {
        pk: Wanted(position, substitutes)
        for pk, position, substitutes in RequestLine.objects.filter(request=request).values_list(
            "pk", "position", "substitutes"
        )
    }
    check(lines, terms, wanted, now, complete=complete)
    goods = [
        good for line in lines for good in (line.offer_id, *(other.offer_id for other in line.alternatives))
    ]
    own = Offer.objects.filter(pk__in={pk for pk in goods if pk}, vendor_id=bid.vendor_id)
    every = sorted(lines, key=lambda each: wanted[each.line_id].position)
    store(bid, every, terms, set(own.values_list("pk", flat=True)))


def store(bid: Bid, every: Sequence[BidLineInput], terms: BidTerms, known: set[int]) -> None:
    """Puts the lines, in their order, and the terms in the place of the stored ones; `known` are offers that may be named.

    What is stored was checked before.
    """
    bid.currency, bid.delivery_price = terms.currency, terms.delivery_price
    bid.free_delivery_from, bid.minimum_order = terms.free_delivery_from, terms.minimum_order
    bid.delivery_days, bid.valid_until, bid.terms = terms.delivery_days, terms.valid_until, terms.terms
    bid.save()
    bid.lines.all().delete()
    rows = BidLine.objects.bulk_create([_row(bid, line, known) for line in every])
    BidAlternative.objects.bulk_create(
        [
            BidAlternative(
                bid_line=row,
                position=position,
                offer_id=other.offer_id if other.offer_id in known else None,
                title=other.title.strip()[:500],
                quantity=other.quantity,
                price_amount=other.price_amount,
                is_substitute=other.is_substitute,
                supply=other.supply,
                delivery_on=other.delivery_on,
            )
            for row, line in zip(rows, every, strict=True)
            for position, other in enumerate(line.alternatives, start=1)
        ]
    )


def _row(bid: Bid, line: BidLineInput, known: set[int]) -> BidLine:
    return BidLine(
        bid=bid,
        line_id=line.line_id,
        offer_id=line.offer_id if line.offer_id in known else None,
        title=line.title.strip()[:500],
        quantity=line.quantity,
        price_amount=line.price_amount,
        breaks=[[f"{quantity:.3f}", amount] for quantity, amount in sorted(line.breaks)],
        is_divisible=line.is_divisible,
        step=line.step,
        supply=line.supply,
        delivery_on=line.delivery_on,
        is_substitute=line.is_substitute,
        note=line.note.strip()[:300],
    )
