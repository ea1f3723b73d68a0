"""What requests put on a vendor's score card: how soon it answers, how often it is chosen, whether bids keep to its list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BidLine, VendorNotice
from vendors.score.measures import Measure

#: A bid above the list by so much is another price; less is rounding and the day's rate.
_TOLERANCE = 1.02


def hours_to_answer(since: dt.datetime) -> dict[int, tuple[float, float]]:
    """Hours from being told of a request to the bid, by bids; what was not answered is no case."""
    told = VendorNotice.objects.filter(told_at__gte=since).values_list("request", "vendor", "told_at")
    moments = {(request, vendor): at for request, vendor, at in told.iterator(chunk_size=2_000)}
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0])
    bids = Bid.objects.filter(sent_at__gte=since, is_automatic=False).values_list(
        "request", "vendor", "sent_at"
    )
    for request, vendor, sent_at in bids.iterator(chunk_size=2_000):
        begun = moments.get((request, vendor))
        if begun is not None and sent_at is not None and sent_at >= begun:
            sums[vendor][0] += (sent_at - begun).total_seconds() / 3600
            sums[vendor][1] += 1
    return {vendor: (hours, number) for vendor, (hours, number) in sums.items()}


def chosen_bids(since: dt.datetime) -> dict[int, tuple[float, float]]:
    """Bids to which something was given, of all that were sent."""
    bids = Bid.objects.filter(state__in=[BidState.SENT, BidState.WITHDRAWN], sent_at__gte=since).order_by()
    rows = bids.values_list("vendor").annotate(
        sent=Count("pk", distinct=True), won=Count("pk", filter=Q(awards__isnull=False), distinct=True)
    )
    return {vendor: (won, sent) for vendor, sent, won in rows}


def prices_as_listed(since: dt.datetime) -> dict[int, tuple[float, float]]:
    """Lines of bids that ask no more than the offer's own price, of all lines with an offer in the bid's currency."""
    lines = BidLine.objects.filter(
        bid__state=BidState.SENT,
        bid__sent_at__gte=since,
        offer__isnull=False,
        offer__price_currency=F("bid__currency"),
        offer__price_amount__gt=0,
    ).order_by()
    rows = lines.values_list("bid__vendor").annotate(
        every=Count("pk"), kept=Count("pk", filter=Q(price_amount__lte=F("offer__price_amount") * _TOLERANCE))
    )
    return {vendor: (kept, every) for vendor, every, kept in rows}


MEASURES = (
    Measure(
        "prices",
        _("Prices as listed"),
        _("%(part)s of %(whole)s bid prices in 90 days were no higher than its list says."),
        prices_as_listed,
        fine=0.95,
        poor=0.8,
    ),
    Measure(
        "answers",
        _("Time to answer"),
        _("%(value)s from hearing of a request to the bid, on the average of %(whole)s bids in 90 days."),
        hours_to_answer,
        fine=12,
        poor=48,
        unit="hours",
    ),
    Measure(
        "chosen",
        _("Bids that were chosen"),
        _("%(part)s of %(whole)s bids within a year were chosen."),
        chosen_bids,
        fine=0.2,
        poor=0.02,
        days=365,
        least=10,
    ),
)
