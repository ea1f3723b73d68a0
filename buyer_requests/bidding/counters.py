"""Counter-offers: one side answers a bid in force with another price or day; the other accepts, declines or counters.

The request's lock comes first, and the database's clock says what has run out. Nobody but the buyer and the bidder
ever sees them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.auctioning.guards import hides_bids
from buyer_requests.bidding.checking import FURTHEST
from buyer_requests.bidding.enums import CounterState, Origin, Side
from buyer_requests.bidding.inputs import BidLineInput
from buyer_requests.bidding.reading import inputs_of, terms_of
from buyer_requests.changing.standing import require_confirmed
from buyer_requests.deciding.enums import LIVE
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import (
    AuctionRuns,
    BidNotSent,
    CounterGone,
    CounterIncomplete,
    RequestNotOpen,
    UnknownRequest,
)
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import Award, Bid, BuyerRequest, CounterOffer, RequestLine
from buyer_requests.pooling.guards import is_pooled
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services import messages
from buyer_requests.services.bids import revise
from core.money import MAX_PRICE, MINOR_SCALE, PRICE_SCALE, line_total
from vendors.models import Vendor

#: Days for which a counter-offer may wait for an answer.
LONGEST_DAYS: Final = 14
#: Rounds on one line or bid: who has not agreed by then talks on the phone.
MOST_ROUNDS: Final = 20
_MINOR: Final = PRICE_SCALE // MINOR_SCALE


@dataclass(frozen=True, slots=True)
class Talk:
    """All counter-offers about a line of a bid, or (`line` None) about the whole bid, the oldest first."""

    line: RequestLine | None
    rounds: list[CounterOffer]
    waiting: CounterOffer | None  # for an answer, at the moment of reading
    may_answer: bool  # by the side that reads


def counters_allowed(request: BuyerRequest) -> bool:
    """Whether the request stands at a point where prices are talked about: published, and not decided yet.

    Not before the deadline where bids are sealed: who could name a price would have seen one.
    """
    if request.state == RequestState.OPEN and is_sealed(request):
        return False
    return request.state in {RequestState.OPEN, RequestState.CLOSED} and not is_pooled(request)


@transaction.atomic
def make_counter_offer(
    *,
    user: User,
    bid: Bid,
    line_id: int | None = None,
    vendor: Vendor | None = None,
    price_amount: int | None = None,
    delivery_on: dt.date | None = None,
    text: str = "",
    days: int = 2,
) -> CounterOffer:
    """Names a price, a day or both: the buyer's word, or (`vendor`) the bidder's. Locks the request.

    Whatever waits for an answer about the same line is answered by it. A bidder may only answer: it revises its bid
    otherwise. Raises UnknownRequest for another's bid, RequestNotOpen, BidNotSent, CounterGone, CounterIncomplete.
    """
    current, now = locked_request(bid.request_id)
    bid = _bid_for(current, bid, user=user, vendor=vendor)
    side = Side.VENDOR if vendor else Side.BUYER
    if line_id is not None and not bid.lines.filter(line_id=line_id).exists():
        raise UnknownRequest("unknown_line")
    _must_be_free(bid, line_id)
    require_confirmed(bid, current)
    _check(price_amount, delivery_on, days, now)
    if line_id is None and price_amount is not None:
        agreed_lines(
            inputs_of(bid), None, price_amount, delivery_on
        )  # what nobody could agree on is not asked
    talk = CounterOffer.objects.filter(bid=bid, line_id=line_id)
    if talk.count() >= MOST_ROUNDS:
        raise CounterIncomplete("too_many_rounds")
    waiting = talk.filter(state=CounterState.OPEN).first()
    if waiting is not None and waiting.expires_at <= now:
        _settle(waiting, CounterState.EXPIRED, now)
        waiting = None
    if waiting is not None and waiting.side == side:
        raise CounterIncomplete("waits_already")
    if waiting is None and side == Side.VENDOR:
        raise CounterGone("counter_gone")
    if waiting is not None:
        _settle(waiting, CounterState.COUNTERED, now)
    made = CounterOffer.objects.create(
        bid=bid,
        line_id=line_id,
        answers=waiting,
        side=side,
        revision=bid.revision,
        price_amount=price_amount,
        delivery_on=delivery_on,
        text=text.strip()[:500],
        made_by=user,
        made_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    messages.tell_of_counter(made, "counter.made")
    metrics.happened("counter_offer")
    return made


@transaction.atomic
def decide_counter_offer(
    *, user: User, counter: CounterOffer, accept: bool, vendor: Vendor | None = None
) -> CounterOffer:
    """The other side's yes or no. Yes revises the bid, after the deadline too; no leaves it. Locks the request.

    Raises UnknownRequest for another's, RequestNotOpen once it is decided, CounterGone where it has run out, was
    answered, or the bid was revised or withdrawn meanwhile.
    """
    current, now = locked_request(counter.bid.request_id)
    bid = _bid_for(current, counter.bid, user=user, vendor=vendor)
    held = CounterOffer.objects.filter(pk=counter.pk, bid=bid).select_related("line").first()
    side = Side.VENDOR if vendor else Side.BUYER
    if held is None or held.side == side:
        raise UnknownRequest("unknown_counter")
    if held.state != CounterState.OPEN or held.expires_at <= now or held.revision != bid.revision:
        raise CounterGone("counter_gone")
    if accept:
        _must_be_free(bid, held.line_id)
    _settle(held, CounterState.ACCEPTED if accept else CounterState.DECLINED, now)
    if accept:
        terms = terms_of(bid)
        today = timezone.localdate(now)
        if terms.valid_until is not None and terms.valid_until < today:
            # A bid that has run out and is agreed on anew holds as long as the word that renewed it would have.
            terms = replace(terms, valid_until=timezone.localdate(held.expires_at))
        lines = agreed_lines(inputs_of(bid), held.line_id, held.price_amount, held.delivery_on)
        revise(bid, current, _not_past(lines, today), terms, now, user=bid.sent_by, origin=Origin.COUNTER)
        _go_on(held, bid, now)
    messages.tell_of_counter(held, "counter.accepted" if accept else "counter.declined")
    return held


def _go_on(held: CounterOffer, bid: Bid, now: dt.datetime) -> None:
    """What else waits: words about other lines hold for the new revision, those about the whole bid do not."""
    rest = CounterOffer.objects.filter(bid=bid, state=CounterState.OPEN)
    whole = rest if held.line_id is None else rest.filter(line=None)
    whole.update(state=CounterState.VOID, decided_at=now)
    rest.update(revision=bid.revision)


def agreed_lines(
    lines: Sequence[BidLineInput], line_id: int | None, price: int | None, day: dt.date | None
) -> list[BidLineInput]:
    """The bid's lines as agreed: one at its new price, or all in proportion so that the goods cost no more than `price`.

    Pure. Raises CounterIncomplete where no prices above nothing come to so little. Prices by quantity stay where they are still cheaper; of the whole bid they shrink with the rest.
    """
    if line_id is not None:
        return [_at(line, price, day) if line.line_id == line_id else line for line in lines]
    if price is None:
        return [replace(line, delivery_on=day or line.delivery_on) for line in lines]
    target = price // _MINOR
    before = sum(line_total(_price_at(line), line.quantity) for line in lines)
    share = Decimal(target) / Decimal(before) if before else Decimal(1)
    agreed = [_scaled(line, share, day) for line in lines]
    return _within(agreed, target)


def _at(line: BidLineInput, price: int | None, day: dt.date | None) -> BidLineInput:
    new = price or line.price_amount
    return replace(
        line,
        price_amount=new,
        breaks=tuple(each for each in line.breaks if each[1] < new and each[0] > line.quantity)
        if price
        else line.breaks,
        delivery_on=day or line.delivery_on,
    )


def _scaled(line: BidLineInput, share: Decimal, day: dt.date | None) -> BidLineInput:
    def less(amount: int) -> int:
        return max(1, int((amount * share).to_integral_value(rounding=ROUND_FLOOR)))

    breaks: list[tuple[Decimal, int]] = []
    price = last = less(line.price_amount)
    for start, amount in sorted(line.breaks):
        if less(amount) < last:
            last = less(amount)
            breaks.append((start, last))
    return replace(line, price_amount=price, breaks=tuple(breaks), delivery_on=day or line.delivery_on)


def _within(lines: list[BidLineInput], target: int) -> list[BidLineInput]:
    """Each line rounds half-up by itself, so the sum may end some kopecks above: the greatest lines give them."""
    over = sum(line_total(_price_at(line), line.quantity) for line in lines) - target
    for place, line in sorted(
        enumerate(lines), key=lambda each: -line_total(_price_at(each[1]), each[1].quantity)
    ):
        if over <= 0:
            break
        was = line_total(_price_at(line), line.quantity)
        cut = int((Decimal(over * _MINOR) / line.quantity).to_integral_value(rounding=ROUND_FLOOR)) + 1
        lowest = min([line.price_amount, *(amount for _start, amount in line.breaks)])
        cut = min(cut, lowest - 1)
        lines[place] = replace(
            line,
            price_amount=line.price_amount - cut,
            breaks=tuple((start, amount - cut) for start, amount in line.breaks),
        )
        over -= was - line_total(_price_at(lines[place]), line.quantity)
    if over > 0:
        raise CounterIncomplete("too_cheap", field="price")
    return lines


def _price_at(line: BidLineInput) -> int:
    price = line.price_amount
    for start, amount in sorted(line.breaks):
        if line.quantity >= start:
            price = amount
    return price


def _not_past(lines: Sequence[BidLineInput], today: dt.date) -> list[BidLineInput]:
    """Days that have passed while it was talked about say nothing any more."""
    return [
        replace(
            line,
            delivery_on=line.delivery_on if line.delivery_on and line.delivery_on >= today else None,
            alternatives=tuple(
                replace(
                    other,
                    delivery_on=other.delivery_on
                    if other.delivery_on and other.delivery_on >= today
                    else None,
                )
                for other in line.alternatives
            ),
        )
        for line in lines
    ]


def expire_counter_offers(*, limit: int = 500) -> int:
    """Ends what nobody answered in time, by the database's clock; both sides are told. Returns how many.

    They are refused from that moment on even before this runs.
    """
    ended = 0
    due = CounterOffer.objects.filter(state=CounterState.OPEN, expires_at__lte=database_now())
    for pk, request_id in list(due.order_by("expires_at").values_list("pk", "bid__request_id")[:limit]):
        with transaction.atomic():
            _request, now = locked_request(request_id)
            counter = CounterOffer.objects.filter(pk=pk, state=CounterState.OPEN, expires_at__lte=now).first()
            if counter is not None:
                _settle(counter, CounterState.EXPIRED, now)
                messages.tell_of_counter(counter, "counter.expired")
                ended += 1
    return ended


def talks_about(bid: Bid, *, vendor: Vendor | None = None) -> list[Talk]:
    """What the two sides of a bid said to each other, by line; for the buyer, or with `vendor` for the bidder."""
    if vendor is not None and bid.vendor_id != vendor.pk:
        raise UnknownRequest("unknown_bid")
    return talks_of([bid], vendor=vendor).get(bid.pk, [])


def talks_of(bids: Sequence[Bid], *, vendor: Vendor | None = None) -> dict[int, list[Talk]]:
    """{bid: its talks}, in one statement. `bids` have their request at hand."""
    now = timezone.now()
    side = Side.VENDOR if vendor else Side.BUYER
    by_bid = {bid.pk: bid for bid in bids}
    rounds: dict[tuple[int, int | None], list[CounterOffer]] = defaultdict(list)
    for counter in CounterOffer.objects.filter(bid__in=list(by_bid)).select_related("line").order_by("id"):
        rounds[counter.bid_id, counter.line_id].append(counter)
    talks: dict[int, list[Talk]] = defaultdict(list)
    given = given_lines(bids)
    for (bid_id, line_id), each in rounds.items():
        bid = by_bid[bid_id]
        waiting = next((one for one in each if one.state == CounterState.OPEN and one.expires_at > now), None)
        held = given.get(bid_id, set())
        alive = bid.state == BidState.SENT and counters_allowed(bid.request)
        alive = alive and not (held if line_id is None else line_id in held)
        waiting = waiting if alive else None
        talks[bid_id].append(
            Talk(each[0].line, each, waiting, may_answer=waiting is not None and waiting.side != side)
        )
    return dict(talks)


def given_lines(bids: Sequence[Bid]) -> dict[int, set[int]]:
    """{bid: its lines that were given to it}, asked for only where others may still be talked about."""
    given: dict[int, set[int]] = defaultdict(set)
    closed = [bid.pk for bid in bids if bid.request.state == RequestState.CLOSED]
    live = Award.objects.filter(bid__in=closed, state__in=LIVE) if closed else Award.objects.none()
    for bid_id, line_id in live.values_list("bid", "line"):
        given[bid_id].add(line_id)
    return dict(given)


def counter_for(public_id: uuid.UUID, *, user: User, vendor: Vendor | None = None) -> CounterOffer:
    """Raises UnknownRequest for one of other people, as for one that is not there."""
    mine = Q(bid__vendor=vendor) if vendor else Q(bid__request__buyer=user)
    counter = CounterOffer.objects.filter(mine, public_id=public_id).select_related("bid__request").first()
    if counter is None:
        raise UnknownRequest("unknown_counter")
    return counter


def _bid_for(request: BuyerRequest, bid: Bid, *, user: User, vendor: Vendor | None) -> Bid:
    if vendor is None and request.buyer_id != user.pk:
        raise UnknownRequest("unknown_bid")
    if vendor is not None:
        require_visible(request, vendor)
    held = Bid.objects.filter(pk=bid.pk, request=request).select_related("vendor", "sent_by").first()
    if held is None or (vendor is not None and held.vendor_id != vendor.pk):
        raise UnknownRequest("unknown_bid")
    if hides_bids(request):
        raise AuctionRuns("prices_move")
    if not counters_allowed(request):
        raise RequestNotOpen("not_open")
    if held.state != BidState.SENT:
        raise BidNotSent("no_bid")
    held.request = request
    return held


def _must_be_free(bid: Bid, line_id: int | None) -> None:
    """What was given to the bid keeps its price: neither that line nor the whole bid is talked about any more."""
    live = Award.objects.filter(bid=bid, state__in=LIVE)
    if (live if line_id is None else live.filter(line=line_id)).exists():
        raise RequestNotOpen("awarded")


def _check(price: int | None, day: dt.date | None, days: int, now: dt.datetime) -> None:
    if price is None and day is None:
        raise CounterIncomplete("says_nothing")
    if price is not None and not 0 < price <= int(MAX_PRICE) * PRICE_SCALE:
        raise CounterIncomplete("bad_counter_price", field="price")
    today = timezone.localdate(now)
    if day is not None and not today <= day <= today + FURTHEST:
        raise CounterIncomplete("bad_counter_day", field="delivery_on")
    if not 1 <= days <= LONGEST_DAYS:
        raise CounterIncomplete("bad_counter_days", field="days")


def _settle(counter: CounterOffer, state: CounterState, now: dt.datetime) -> None:
    counter.state, counter.decided_at = state, now
    counter.save(update_fields=["state", "decided_at"])
