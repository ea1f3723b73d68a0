"""The buyer's decision and the vendors' answers: who gets which line, accepts it or not, and to whom it passes then.

waiting → accepted | declined (by the vendor) | expired (by the database's clock). A line whose award ended so is free
again: it goes to the next best at once where the buyer chose that, else the request is back with the buyer (closed).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.auctioning.guards import require_over
from buyer_requests.changing.standing import holding
from buyer_requests.deciding import passing
from buyer_requests.deciding.enums import LIVE, AwardState
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import (
    AlreadyAwarded,
    AwardNotWaiting,
    BidNotSent,
    LeastOrderMissed,
    RequestIncomplete,
    RequestNotOpen,
    UnknownRequest,
)
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import Award, Bid, BidAlternative, BidLine, BuyerRequest, Decision
from buyer_requests.pooling.guards import refuse_free_choice
from buyer_requests.pooling.telling import tell_members_of_answer
from buyer_requests.services import messages
from buyer_requests.standing.limits import require_no_rounds
from core.money import MINOR_SCALE, PRICE_SCALE, round_half_up
from vendors.models import Vendor

logger = structlog.get_logger(__name__)

#: A bid, or parts: (bid, quantity) each, with a third figure where it is one of the bid's alternatives.
Share = int | Sequence[tuple[int, Decimal] | tuple[int, Decimal, int]]
THOUSANDTH = Decimal("0.001")
#: Requests whose awards are answered; of a cancelled one nothing moves any more.
DECIDED = (RequestState.AWARDED, RequestState.CLOSED)
ANSWER_DAYS = 3
#: Prices among which the next best is found while a vendor's press is answered.
AT_ONCE = 150
LONGEST_ANSWER = 30


@transaction.atomic
def award_request(
    *,
    buyer: User,
    request: BuyerRequest,
    choice: Mapping[int, Share],
    answer_days: int = ANSWER_DAYS,
    passes_on: bool = False,
    below_least: bool = False,
    reason: str = "",
    grounds: Mapping[str, Any] | None = None,
) -> list[Award]:
    """Gives lines to bids: `choice` is {line id: bid id, or its parts}; lines left out go to nobody. Locks the request.

    Ends the request, before its deadline too. Winners have `answer_days` to accept; winners and losers are told.
    `reason` and `grounds` are kept for the buyer's records. Raises LeastOrderMissed for a vendor's least order that is
    not reached, unless the buyer asks all the same with `below_least`; UnknownRequest for another's, AlreadyAwarded, also for a line that another award holds, RequestNotOpen for
    drafts and cancelled ones, RequestIncomplete (`no_lines`) for an empty choice, BidNotSent where a bid was
    withdrawn, has run out, does not price the line, or not for that quantity.
    """
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    if current.state == RequestState.AWARDED:
        raise AlreadyAwarded("already_awarded")
    if current.state not in {RequestState.OPEN, RequestState.CLOSED}:
        raise RequestNotOpen("not_open")
    require_no_rounds(current)
    refuse_free_choice(current)
    require_over(current)
    if not choice:
        raise RequestIncomplete("no_lines", field="lines")
    bids = {bid.pk: bid for bid in Bid.objects.filter(request=current, state=BidState.SENT)}
    priced = {
        (line.line_id, line.bid_id): line
        for line in holding(BidLine.objects.filter(bid__in=bids, line__in=choice), current).select_related(
            "line", "bid"
        )
    }
    held, live = _held(current, choice)
    answer_by = now + dt.timedelta(days=min(max(answer_days, 1), LONGEST_ANSWER))
    awards = []
    for line_id, share in sorted(choice.items(), key=lambda each: each[0]):
        left = None
        for bid_id, quantity, position in _parts(share):
            bid, line = bids.get(bid_id), priced.get((line_id, bid_id))
            if bid is None or line is None:
                raise BidNotSent("not_offered")
            other = _alternative(line, position)
            _must_hold(bid, now)
            free = line.line.quantity - held[line_id] if left is None else left
            taken = min((other or line).quantity, line.line.quantity) if quantity is None else quantity
            # One award for a bid's line: its price is that of its quantity.
            if (line_id, bid_id) in live or taken > free:
                raise AlreadyAwarded("line_taken")
            if not is_offered(line, taken, other):
                raise BidNotSent("not_in_parts")
            left = free - taken
            live.add((line_id, bid_id))
            awards.append(
                award_of(current, line, taken, other, buyer=buyer, answer_by=answer_by, passes_on=passes_on)
            )
    _check_least(current, awards, may_be_below=below_least)
    awards = _written(awards)
    Decision.objects.create(
        request=current, reason=reason.strip()[:1000], grounds=dict(grounds or {}), made_by=buyer
    )
    current.state = RequestState.AWARDED
    current.closed_at = current.closed_at or now
    current.save(update_fields=["state", "closed_at"])
    messages.tell_of_award(current, list(bids.values()), awards)
    metrics.happened("awarded")
    return awards


def answer_award(*, vendor: Vendor, user: User, request: BuyerRequest, accepts: bool) -> list[Award]:
    """The vendor's word on all that it was given and has not answered. Locks the request. The buyer is told, and what is declined
    passes on or back.

    Raises AwardNotWaiting where nothing waits, as from the moment on that the answer was due by: whichever of answer
    and expiry gets the lock first decides, and an answer that waited past the moment is late.
    """
    waiting = _answered(vendor=vendor, user=user, request=request, accepts=accepts)
    if not accepts:
        try:
            passing.settle(request.pk, at_most=AT_ONCE)
        except Exception:  # the answer is stored; the sweep of every minute finds what is left to pass on
            logger.exception("requests.award_not_passed", request=request.pk)
    return waiting


@transaction.atomic
def _answered(*, vendor: Vendor, user: User, request: BuyerRequest, accepts: bool) -> list[Award]:
    current, now = locked_request(request.pk)
    waiting = [
        award
        for award in _waiting(current).filter(bid__vendor=vendor)
        if award.answer_by is None or award.answer_by > now
    ]
    if not waiting or current.state not in DECIDED:
        raise AwardNotWaiting("not_waiting")
    _end(waiting, AwardState.ACCEPTED if accepts else AwardState.DECLINED, now, user)
    messages.tell_buyer_of_answer(current, vendor, waiting, accepts=accepts)
    return waiting


def expire_awards(*, limit: int = 200) -> int:
    """Ends what no vendor answered in time by the database's clock, each request under its lock; how many awards."""
    expired = 0
    due = Award.objects.filter(
        state=AwardState.WAITING, answer_by__lte=database_now(), request__state__in=DECIDED
    )
    late = list(due.order_by("request").values_list("request", flat=True).distinct()[:limit])
    for pk in [*late, *(pk for pk in passing.unsettled(limit) if pk not in late)]:
        try:
            expired += _expire(pk)
            passing.settle(pk)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one request that cannot be ended keeps no other waiting
            logger.exception("requests.awards_not_expired", request=pk)
    return expired


@transaction.atomic
def _expire(pk: int) -> int:
    current, now = locked_request(pk)
    late = list(_waiting(current).filter(answer_by__lte=now))
    if not late or current.state not in DECIDED:
        return 0  # answered or cancelled meanwhile
    _end(late, AwardState.EXPIRED, now, None)
    messages.tell_of_expiry(current, late)
    return len(late)


def _parts(share: Share) -> list[tuple[int, Decimal | None, int]]:
    """(bid, quantity, alternative) each, None for all of it; one that is named twice gets the sum, in thousandths."""
    if isinstance(share, int):
        return [(share, None, 0)]
    parts: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for piece in share:
        parts[piece[0], piece[2] if len(piece) == 3 else 0] += piece[1]
    return [(bid, quantity.quantize(THOUSANDTH), position) for (bid, position), quantity in parts.items()]


def _alternative(line: BidLine, position: int) -> BidAlternative | None:
    """Raises BidNotSent for one that the bid does not have."""
    if not position:
        return None
    found = next((each for each in line.alternatives.all() if each.position == position), None)
    if found is None:
        raise BidNotSent("not_offered")
    return found


def _check_least(request: BuyerRequest, awards: list[Award], *, may_be_below: bool) -> None:
    """Least orders, with what live awards hold; marks those that are asked for below it, or raises LeastOrderMissed."""
    goods: dict[int, int] = defaultdict(int)
    held = Award.objects.filter(request=request, state__in=LIVE, bid__in={award.bid_id for award in awards})
    for award in [*held, *awards]:
        goods[award.bid_id] += award.total_minor
    for award in awards:
        least = award.bid.minimum_order
        missing = round_half_up(Decimal(least or 0) * MINOR_SCALE / PRICE_SCALE) - goods[award.bid_id]
        if missing > 0:
            if not may_be_below:
                raise LeastOrderMissed(
                    vendor=award.bid.vendor.name,
                    missing=f"{Decimal(missing) / MINOR_SCALE:.2f} {award.currency}",
                )
            award.below_least = True


def _held(request: BuyerRequest, lines: Iterable[int]) -> tuple[dict[int, Decimal], set[tuple[int, int]]]:
    """{line: quantity that live awards hold}, and the (line, bid) of them."""
    held: dict[int, Decimal] = defaultdict(Decimal)
    by = set()
    live = Award.objects.filter(request=request, line__in=list(lines), state__in=LIVE)
    for line, bid, quantity in live.values_list("line", "bid", "quantity"):
        held[line] += quantity
        by.add((line, bid))
    return held, by


def _must_hold(bid: Bid, now: dt.datetime) -> None:
    if bid.valid_until is not None and bid.valid_until < timezone.localdate(now):
        raise BidNotSent("bid_expired")


def is_offered(line: BidLine, quantity: Decimal, alternative: BidAlternative | None = None) -> bool:
    """All of it, or a part where the vendor said so, in its packs; alternatives are taken as a whole."""
    offered = (alternative or line).quantity
    if quantity == min(offered, line.line.quantity):
        return True
    return (
        alternative is None
        and line.is_divisible
        and 0 < quantity < line.quantity
        and (line.step is None or quantity % line.step == 0)
    )


def award_of(
    request: BuyerRequest,
    line: BidLine,
    quantity: Decimal,
    alternative: BidAlternative | None = None,
    *,
    buyer: User,
    answer_by: dt.datetime,
    passes_on: bool,
) -> Award:
    """A row that is not stored yet, at the price that the quantity reaches."""
    bid = line.bid
    return Award(
        request=request,
        line_id=line.line_id,
        bid=bid,
        quantity=quantity,
        price_amount=alternative.price_amount if alternative else line.price_for(quantity),
        currency=bid.currency,
        alternative=alternative.position if alternative else 0,
        title=(alternative or line).title,
        answer_by=answer_by,
        passes_on=passes_on,
        awarded_by=buyer,
    )


def _written(awards: list[Award]) -> list[Award]:
    """A line that a bid was given before, and that came free, is given to it again in the same row."""
    earlier = {
        (award.line_id, award.bid_id): award
        for award in Award.objects.filter(line__in=[award.line_id for award in awards]).exclude(
            state__in=LIVE
        )
    }
    for award in awards:
        before = earlier.get((award.line_id, award.bid_id))
        if before is not None:
            before.delete()
    return Award.objects.bulk_create(awards)


def _waiting(request: BuyerRequest) -> QuerySet[Award]:
    return (
        Award.objects.filter(request=request, state=AwardState.WAITING)
        .select_related("line", "bid", "bid__vendor", "awarded_by")
        .order_by("pk")
    )


def _end(awards: list[Award], state: AwardState, now: dt.datetime, user: User | None) -> None:
    for award in awards:
        award.state, award.answered_at, award.answered_by = state, now, user
    Award.objects.bulk_update(awards, ["state", "answered_at", "answered_by"])
    tell_members_of_answer(awards, state)
