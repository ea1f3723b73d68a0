"""What requests are to the dashboard's figures of days: requests, bids, how soon the first one comes, awards."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import BidState
from buyer_requests.models import Award, Bid, BuyerRequest
from core.trends.measures import Figure, Measure, Sort, bounds, every_day

_RIGHT = "buyer_requests.view_buyerrequest"
#: So long after its day a request may still get its first bid.
_ANSWERED_WITHIN = 45


def requests(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    return _by_day(BuyerRequest.objects.all(), "published_at", first, last)


def bids(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    """By the day on which they were last sent."""
    sent = Bid.objects.filter(state__in=[BidState.SENT, BidState.WITHDRAWN])
    return _by_day(sent, "sent_at", first, last)


def awards(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    """Lines, or parts of them, that were given to a vendor and not given up again."""
    lost = [AwardState.DECLINED, AwardState.EXPIRED]
    return _by_day(Award.objects.exclude(state__in=lost), "awarded_at", first, last)


def first_bids(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    """Hours from publishing to the first bid, the median of the requests of a day that got one."""
    start, end = bounds(first, last)
    zone = timezone.get_default_timezone()
    published = BuyerRequest.objects.filter(published_at__gte=start, published_at__lt=end)
    sent = Q(bids__state__in=[BidState.SENT, BidState.WITHDRAWN])
    rows = (
        published.annotate(first=Min("bids__sent_at", filter=sent))
        .filter(first__isnull=False)
        .order_by()
        .values_list("published_at", "first")
    )
    hours: dict[dt.date, list[float]] = defaultdict(list)
    for at, answered in rows:
        waited = max(0.0, (answered - at).total_seconds() / 3600)
        hours[timezone.localdate(at, zone)].append(waited)
    return {day: Figure(round(median(each), 2), len(each)) for day, each in hours.items()}


def _by_day(rows: QuerySet[Any], column: str, first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    start, end = bounds(first, last)
    zone = timezone.get_default_timezone()
    within = rows.filter(**{f"{column}__gte": start, f"{column}__lt": end})
    counted = within.annotate(day=TruncDate(column, tzinfo=zone)).order_by().values_list("day")
    counts = dict(counted.annotate(number=Count("pk")))
    return {day: Figure(counts.get(day, 0)) for day in every_day(first, last)}


MEASURES = (
    Measure("requests", _("Requests published"), _("Lists of needed goods."), Sort.SUM, requests, _RIGHT),
    Measure("bids", _("Bids"), _("By the day on which they were last sent."), Sort.SUM, bids, _RIGHT),
    Measure(
        "first_bid",
        _("Hours to the first bid"),
        _("The median of requests that got one, by the day on which they were published."),
        Sort.MEDIAN,
        first_bids,
        _RIGHT,
        settles=_ANSWERED_WITHIN,
        is_good=False,
        decimals=1,
    ),
    Measure(
        "awards",
        _("Lines awarded"),
        _("Lines, or parts of them, that were given to a vendor."),
        Sort.SUM,
        awards,
        _RIGHT,
        settles=_ANSWERED_WITHIN,
    ),
)
