"""What requests say of how a vendor works: bids that it stands by, buyers who chose it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import BidState
from buyer_requests.models import Award, Bid
from vendors.quality import Evidence, Kind

LOOKED_BACK = dt.timedelta(days=365)


def kept_bids(vendor_id: int | None) -> dict[int, Evidence]:
    """The share of sent bids that were not taken back; a case is a buyer, so that nobody makes up many alone."""
    bids = Bid.objects.filter(
        state__in=[BidState.SENT, BidState.WITHDRAWN], sent_at__gte=timezone.now() - LOOKED_BACK
    )
    if vendor_id is not None:
        bids = bids.filter(vendor=vendor_id)
    rows = (
        bids.order_by()
        .values_list("vendor")
        .annotate(
            sent=Count("pk"),
            kept=Count("pk", filter=Q(state=BidState.SENT)),
            buyers=Count("request__buyer", distinct=True),
        )
    )
    return {vendor: Evidence(kept / sent, buyers) for vendor, sent, kept, buyers in rows}


def awards(vendor_id: int | None) -> dict[int, Evidence]:
    """The share of what it was given that it accepted, what waits left out; a case is a buyer.

    Whoever wins and then declines, or lets the time pass, loses by it.
    """
    found = Award.objects.filter(awarded_at__gte=timezone.now() - LOOKED_BACK).exclude(
        state=AwardState.WAITING
    )
    if vendor_id is not None:
        found = found.filter(bid__vendor=vendor_id)
    rows = (
        found.order_by()
        .values_list("bid__vendor")
        .annotate(
            answered=Count("pk"),
            accepted=Count("pk", filter=Q(state=AwardState.ACCEPTED)),
            buyers=Count("request__buyer", distinct=True),
        )
    )
    return {vendor: Evidence(accepted / answered, buyers) for vendor, answered, accepted, buyers in rows}


KINDS = (
    Kind(
        "bids",
        _("Bids you stand by"),
        _("The share of sent bids of a year that were not withdrawn. Each buyer is a case. Not bidding costs nothing."),
        kept_bids,
    ),
    Kind(
        "awards",
        _("Buyers who chose you"),
        _("The share of lines given to you within a year that you accepted. Each buyer is a case. What waits for your answer does not count."),
        awards,
    ),
)  # fmt: skip
