"""The buyer's decision: which bid gets which line. Made once; contacts are exchanged from then on."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import (
    AlreadyAwarded,
    BidNotSent,
    RequestIncomplete,
    RequestNotOpen,
    UnknownRequest,
)
from buyer_requests.locks import locked_request
from buyer_requests.models import Award, Bid, BidLine, BuyerRequest
from buyer_requests.services import messages


@transaction.atomic
def award_request(*, buyer: User, request: BuyerRequest, choice: Mapping[int, int]) -> list[Award]:
    """Gives lines to bids: `choice` is {line id: bid id}; lines left out go to nobody. Locks the request.

    Ends the request, before its deadline too. Winners and losers are told. Raises UnknownRequest for
    another's, AlreadyAwarded, RequestNotOpen for drafts and cancelled ones, RequestIncomplete (`no_lines`) for an
    empty choice, BidNotSent where a bid was withdrawn, has run out or does not price the line.
    """
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    if current.state == RequestState.AWARDED:
        raise AlreadyAwarded("already_awarded")
    if current.state not in {RequestState.OPEN, RequestState.CLOSED}:
        raise RequestNotOpen("not_open")
    if not choice:
        raise RequestIncomplete("no_lines", field="lines")
    bids = {bid.pk: bid for bid in Bid.objects.filter(request=current, state=BidState.SENT)}
    priced = {
        (line.line_id, line.bid_id): line for line in BidLine.objects.filter(bid__in=bids, line__in=choice)
    }
    awards = []
    for line_id, bid_id in sorted(choice.items()):
        bid, line = bids.get(bid_id), priced.get((line_id, bid_id))
        if bid is None or line is None:
            raise BidNotSent("not_offered")
        if bid.valid_until is not None and bid.valid_until < timezone.localdate(now):
            raise BidNotSent("bid_expired")
        awards.append(
            Award(
                request=current,
                line_id=line_id,
                bid=bid,
                quantity=line.quantity,
                price_amount=line.price_amount,
                currency=bid.currency,
                awarded_by=buyer,
            )
        )
    Award.objects.bulk_create(awards)
    current.state = RequestState.AWARDED
    current.closed_at = current.closed_at or now
    current.save(update_fields=["state", "closed_at"])
    messages.tell_of_award(current, list(bids.values()), awards)
    metrics.happened("awarded")
    return awards
