"""Rounds: at the deadline, or when the buyer wants, the bids as they stand become an ordinary closed request."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format

from buyer_requests.bidding.history import content_of
from buyer_requests.bidding.models import BidAlternative
from buyer_requests.changing.standing import holding
from buyer_requests.deciding.models import Criterion, CriterionScore, DecisionPlan
from buyer_requests.deciding.plans import Limits
from buyer_requests.enums import BidState, RequestState
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import (
    Bid,
    BidFile,
    BidLine,
    BidRevision,
    BuyerRequest,
    InvitedVendor,
    RequestLine,
    StandingRound,
    StandingTerms,
)
from buyer_requests.services import messages
from buyer_requests.standing.enums import StandingState
from buyer_requests.standing.limits import STANDING
from buyer_requests.standing.periods import later, next_deadline
from buyer_requests.telling.turns import give_more_turns
from core import outbox
from vendors.models import Vendor

logger = structlog.get_logger(__name__)

CONSUMER = "requests"
_Row = TypeVar("_Row", bound=models.Model)


def close_due_rounds(*, limit: int = 200) -> int:
    """Closes the rounds whose deadline has passed by the database's clock, each under its request's lock; how many.

    The deadline moves on. A request past its last day is left to end like every other.
    """
    closed = 0
    due = StandingTerms.objects.filter(
        state__in=STANDING, request__state=RequestState.OPEN, request__deadline_at__lte=database_now()
    )
    for pk in list(due.order_by("request__deadline_at").values_list("request", flat=True)[:limit]):
        try:
            closed += _close_due(pk)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one request that cannot be renewed keeps no other waiting
            logger.exception("requests.round_not_closed", request=pk)
    return closed


@transaction.atomic
def _close_due(request_id: int) -> int:
    request, now = locked_request(request_id)
    terms = StandingTerms.objects.filter(request=request, state__in=STANDING).first()
    if terms is None or request.state != RequestState.OPEN or (request.deadline_at or now) > now:
        return 0  # ended or renewed meanwhile
    assert request.deadline_at is not None
    following = next_deadline(request.deadline_at, terms.period, terms.day_of_month, now)
    if terms.ends_on is not None and timezone.localdate(following) > terms.ends_on:
        terms.state = StandingState.ENDED
        terms.save(update_fields=["state", "changed_at"])
        return 0
    made = close_round(terms, request, now) if terms.state == StandingState.ACTIVE else None
    request.deadline_at = following
    _move_days(request, terms.period)
    request.save(update_fields=["deadline_at", "needed_by"])
    give_more_turns(request, now)
    # Days are counted anew: what comes in time now is another matter than a period ago.
    outbox.emit(CONSUMER, "published", {"request": request.pk})
    return made is not None


def _move_days(request: BuyerRequest, period: str) -> None:
    if request.needed_by:
        request.needed_by = later(request.needed_by, period)
    dated = list(request.lines.exclude(needed_by=None))
    for line in dated:
        if line.needed_by is not None:
            line.needed_by = later(line.needed_by, period)
    RequestLine.objects.bulk_update(dated, ["needed_by"])


def close_round(terms: StandingTerms, request: BuyerRequest, now: dt.datetime) -> BuyerRequest | None:
    """The round as a request of its own, closed, with all that the bids in force say; None where there is none.

    The request is locked. The standing request's own bids stay as they are, for the next round. Prices for lines that
    changed since are left out until their vendors confirm them, and so is a bid that has no others.
    """
    bids = list(
        Bid.objects.filter(request=request, state=BidState.SENT, vendor__in=Vendor.objects.public())
        .filter(Q(valid_until=None) | Q(valid_until__gte=timezone.localdate(now)))
        .order_by("pk")
    )
    prices: dict[int, list[BidLine]] = defaultdict(list)
    sent = BidLine.objects.filter(bid__request=request, bid__state=BidState.SENT)
    for price in holding(sent, request).order_by("pk").prefetch_related("alternatives"):
        prices[price.bid_id].append(price)
    bids = [bid for bid in bids if prices[bid.pk]]
    if not bids:
        return None
    number = terms.rounds_closed + 1
    day = date_format(timezone.localdate(now), "SHORT_DATE_FORMAT")
    made = _copy(
        request,
        title=f"{request.title[:140]} · {day}",
        state=RequestState.CLOSED,
        published_at=now,
        closed_at=now,
        deadline_at=now,
        version=1,  # its own lines never changed, and every price in it is one for them
    )
    made.save()
    InvitedVendor.objects.bulk_create(
        [InvitedVendor(request=made, vendor_id=each.vendor_id) for each in request.invitations.all()]
    )
    lines = list(request.lines.all())
    copies = RequestLine.objects.bulk_create([_copy(line, request=made) for line in lines])
    new_line = {line.pk: copy for line, copy in zip(lines, copies, strict=True)}
    new_bid = {bid.pk: _copy_bid(bid, made, prices[bid.pk], new_line) for bid in bids}
    _copy_files(new_bid)
    _copy_plan(request, made, new_line, new_bid)
    StandingRound.objects.create(terms=terms, number=number, request=made, closed_at=now)
    StandingTerms.objects.filter(pk=terms.pk).update(rounds_closed=F("rounds_closed") + 1)
    messages.tell_buyer_of_closing(made)
    return made


def _copy_bid(
    bid: Bid, request: BuyerRequest, prices: Sequence[BidLine], new_line: Mapping[int, RequestLine]
) -> Bid:
    copy = _copy(bid, request=request)
    copy.save()
    for line in prices:
        if line.line_id not in new_line:
            continue
        kept = _copy(line, bid=copy, line=new_line[line.line_id])
        kept.save()
        BidAlternative.objects.bulk_create([_copy(other, bid_line=kept) for other in line.alternatives.all()])
    last = bid.revisions.order_by("-number").first()
    if last is not None:
        BidRevision.objects.create(
            bid=copy, number=copy.revision, content=content_of(copy), origin=last.origin, sender=last.sender
        )
    return copy


def _copy_files(new_bid: Mapping[int, Bid]) -> None:
    """Rows of their own for the same bytes, which stay as long as one names them."""
    kept = BidFile.objects.filter(bid__in=list(new_bid)).order_by("pk")
    BidFile.objects.bulk_create([_copy(file, bid=new_bid[file.bid_id]) for file in kept])


def _copy_plan(
    request: BuyerRequest,
    made: BuyerRequest,
    new_line: Mapping[int, RequestLine],
    new_bid: Mapping[int, Bid],
) -> None:
    """What bids were to be judged by, as vendors saw it, the buyer's points, and the limits on who may have what."""
    plan = DecisionPlan.objects.filter(request=request).first()
    if plan is not None:
        held = Limits.from_dict(plan.limits)
        lines = {old: line.pk for old, line in new_line.items()}
        bids = {old: bid.pk for old, bid in new_bid.items()}
        limits = held.moved(lines=lines, bids=bids)
        DecisionPlan.objects.create(request=made, limits=limits.as_dict(), is_stated=plan.is_stated)
    new_criterion: dict[int, Criterion] = {}
    for criterion in request.criteria.all():
        copy = new_criterion[criterion.pk] = _copy(criterion, request=made)
        copy.save()
    scores = CriterionScore.objects.filter(criterion__in=list(new_criterion), bid__in=list(new_bid))
    CriterionScore.objects.bulk_create(
        [
            _copy(score, criterion=new_criterion[score.criterion_id], bid=new_bid[score.bid_id])
            for score in scores
        ]
    )


def _copy(row: _Row, **changes: Any) -> _Row:
    """A new row with the same values; ids and names that address it are its own."""
    fields = row._meta.concrete_fields  # noqa: SLF001 - Django's documented API
    own = {
        field.attname: getattr(row, field.attname)
        for field in fields
        if not field.primary_key and not field.unique and field.name not in changes
    }
    return type(row)(**own, **changes)
