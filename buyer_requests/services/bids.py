"""A vendor's bid: drafted, sent, revised with its history kept, withdrawn; all of it only until the deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.enums import BidState
from buyer_requests.errors import BidIncomplete, BidNotSent
from buyer_requests.locks import locked_request
from buyer_requests.models import Bid, BidLine, BidRevision, BuyerRequest, RequestLine
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services import messages
from buyer_requests.services.publishing import require_open
from catalog.models import Offer
from core.money import MAX_PRICE, PRICE_SCALE
from core.rates import current_rates
from vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class BidLineInput:
    """A priced line. `price_amount` is per unit of the line, VAT included, in 1/10,000 of the bid's currency."""

    line_id: int
    title: str
    quantity: Decimal
    price_amount: int
    offer_id: int | None = None
    is_substitute: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class BidTerms:
    """What holds for the whole bid. `delivery_price` is in 1/10,000 of `currency`."""

    currency: str = "UAH"
    delivery_price: int = 0
    delivery_days: int | None = None
    valid_until: dt.date | None = None
    terms: str = ""


@transaction.atomic
def save_bid_draft(
    *, vendor: Vendor, request: BuyerRequest, lines: Sequence[BidLineInput], terms: BidTerms
) -> Bid:
    """Keeps an unsent bid for later; the buyer sees nothing of it. Locks the request.

    Raises UnknownRequest where the vendor may not see the request, RequestNotOpen, BidIncomplete, and BidNotSent
    (`already_sent`) where a bid is in force: that one is revised by sending.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    bid = Bid.objects.filter(request=current, vendor=vendor).first() or Bid(request=current, vendor=vendor)
    if bid.state == BidState.SENT:
        raise BidNotSent("already_sent")
    _write(bid, current, lines, terms, now, complete=False)
    return bid


@transaction.atomic
def send_bid(
    *, vendor: Vendor, user: User, request: BuyerRequest, lines: Sequence[BidLineInput], terms: BidTerms
) -> Bid:
    """Sends the bid, or revises the one that was sent; each sending is kept as a revision. Locks the request.

    Raises UnknownRequest where the vendor may not see the request, RequestNotOpen at and after the deadline,
    BidIncomplete with the field. The buyer is told.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    bid = Bid.objects.filter(request=current, vendor=vendor).first() or Bid(request=current, vendor=vendor)
    earlier = bid.revisions.order_by("-number").first() if bid.pk else None
    was_sent = bid.state == BidState.SENT
    _write(bid, current, lines, terms, now, complete=True)
    content = _content(bid)
    if was_sent and earlier is not None and earlier.content == content:
        return bid  # sent again unchanged: nothing new for the buyer
    bid.revision = earlier.number + 1 if earlier else 1
    bid.state = BidState.SENT
    bid.sent_at, bid.sent_by, bid.withdrawn_at = now, user, None
    bid.save(update_fields=["revision", "state", "sent_at", "sent_by", "withdrawn_at"])
    BidRevision.objects.create(bid=bid, number=bid.revision, content=content)
    messages.tell_buyer_of_bid(bid, is_new=not was_sent)
    metrics.happened("bid")
    return bid


@transaction.atomic
def withdraw_bid(*, vendor: Vendor, request: BuyerRequest) -> Bid:
    """Takes a sent bid back until the deadline. Locks the request. The buyer is told."""
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    bid = Bid.objects.filter(request=current, vendor=vendor, state=BidState.SENT).first()
    if bid is None:
        raise BidNotSent("no_bid")
    bid.state = BidState.WITHDRAWN
    bid.withdrawn_at = now
    bid.save(update_fields=["state", "withdrawn_at"])
    messages.tell_buyer_of_withdrawal(bid)
    return bid


def _write(
    bid: Bid,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    now: dt.datetime,
    *,
    complete: bool,
) -> None:
    positions = dict(RequestLine.objects.filter(request=request).values_list("pk", "position"))
    _check(lines, terms, positions, now, complete=complete)
    own = {line.offer_id for line in lines if line.offer_id}
    known = set(Offer.objects.filter(pk__in=own, vendor_id=bid.vendor_id).values_list("pk", flat=True))
    bid.currency, bid.delivery_price = terms.currency, terms.delivery_price
    bid.delivery_days, bid.valid_until, bid.terms = terms.delivery_days, terms.valid_until, terms.terms
    bid.save()
    bid.lines.all().delete()
    BidLine.objects.bulk_create(
        [
            BidLine(
                bid=bid,
                line_id=line.line_id,
                offer_id=line.offer_id if line.offer_id in known else None,
                title=line.title.strip()[:500],
                quantity=line.quantity,
                price_amount=line.price_amount,
                is_substitute=line.is_substitute,
                note=line.note.strip()[:300],
            )
            for line in sorted(lines, key=lambda each: positions[each.line_id])
        ]
    )


def _check(
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    positions: dict[int, int],
    now: dt.datetime,
    *,
    complete: bool,
) -> None:
    if complete and not lines:
        raise BidIncomplete("no_bid_lines", field="lines")
    if len({line.line_id for line in lines}) != len(lines) or any(
        line.line_id not in positions for line in lines
    ):
        raise BidIncomplete("foreign_line", field="lines")
    most = int(MAX_PRICE) * PRICE_SCALE
    for line in lines:
        if not 0 < line.price_amount <= most:
            raise BidIncomplete("bad_price", field=f"price-{line.line_id}", position=positions[line.line_id])
        if not Decimal("0.001") <= line.quantity < Decimal(10) ** 9:
            raise BidIncomplete(
                "bad_bid_quantity", field=f"quantity-{line.line_id}", position=positions[line.line_id]
            )
    if not current_rates().knows(terms.currency):
        raise BidIncomplete("unknown_currency", field="currency", currency=terms.currency)
    if terms.valid_until is not None and terms.valid_until < timezone.localdate(now):
        raise BidIncomplete("valid_past", field="valid_until")


def _content(bid: Bid) -> dict[str, Any]:
    return {
        "currency": bid.currency,
        "delivery_price": bid.delivery_price,
        "delivery_days": bid.delivery_days,
        "valid_until": bid.valid_until.isoformat() if bid.valid_until else None,
        "terms": bid.terms,
        "lines": [
            {
                "line": line.line_id,
                "offer": line.offer_id,
                "title": line.title,
                "quantity": f"{line.quantity:.3f}",
                "price": line.price_amount,
                "substitute": line.is_substitute,
                "note": line.note,
            }
            for line in bid.lines.order_by("line__position")
        ],
    }
