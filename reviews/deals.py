"""What a deal is: a vendor accepted an award of a request. Only who made one may speak of it, and for a while only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Min, QuerySet
from django.utils import timezone

from accounts.models import User
from buyer_requests.deciding.enums import AwardState
from buyer_requests.models import Award, BuyerRequest, PoolMember, PoolPart
from buyer_requests.pooling.enums import PartState
from reviews.errors import UnknownDeal
from vendors.models import Vendor

#: From the vendor's word on, both sides may rate for so long.
OPEN_FOR = dt.timedelta(days=120)
#: Goods wanted later than this are not asked about.
ASKED_UNTIL = dt.timedelta(days=60)
#: When both are asked how it went, unless the goods were wanted later.
ASKED_AFTER = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Deal:
    request: BuyerRequest
    vendor: Vendor
    since: dt.datetime

    @property
    def open_until(self) -> dt.datetime:
        return self.since + OPEN_FOR

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.open_until


def deal_of(request: BuyerRequest, vendor: Vendor) -> Deal:
    """Raises UnknownDeal where the vendor accepted nothing of the request."""
    since = (
        _accepted().filter(request=request, bid__vendor=vendor).aggregate(since=Min("answered_at"))["since"]
    )
    if since is None:
        raise UnknownDeal("unknown_deal")
    return Deal(request, vendor, since)


def participant_of(request: BuyerRequest, vendor: Vendor, user: User) -> PoolMember:
    """Who took part in a pooled request without organising it and was given something by the vendor; else UnknownDeal."""
    given = PoolPart.objects.filter(bid__vendor=vendor, state=PartState.GIVEN).values("member")
    found = PoolMember.objects.filter(request=request, user=user, pk__in=given)
    member = found.exclude(user=request.buyer_id).first()
    if member is None:
        raise UnknownDeal("unknown_deal")
    return member


def deals_to_ask_about(now: dt.datetime) -> Iterator[Deal]:
    """Deals whose goods should be there by now; each person is told of one once."""
    rows = (
        _accepted()
        .filter(answered_at__lte=now - ASKED_AFTER, answered_at__gt=now - ASKED_UNTIL)
        .order_by()
        .values("request", "bid__vendor")
        .annotate(since=Min("answered_at"))
    )
    found = list(rows)
    requests = BuyerRequest.objects.in_bulk({row["request"] for row in found})
    vendors = Vendor.objects.in_bulk({row["bid__vendor"] for row in found})
    today = timezone.localdate(now)
    for row in found:
        request = requests[row["request"]]
        if request.needed_by is None or request.needed_by < today:
            yield Deal(request, vendors[row["bid__vendor"]], row["since"])


def _accepted() -> QuerySet[Award]:
    return Award.objects.filter(state=AwardState.ACCEPTED, answered_at__isnull=False)
