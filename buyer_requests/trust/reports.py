"""Vendors' reports about a request: one a vendor, weighed by how its earlier ones were judged, kin counted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from accounts.models import User
from buyer_requests.bidding.look_alikes import kin_of
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest, RequestReport
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.trust import holding, trace
from buyer_requests.trust.enums import Deed, HoldCause, ReportReason, Verdict
from buyer_requests.trust.errors import ReportedAlready
from core.limits import limit
from vendors.models import Vendor

#: From which sum of weights on a request is held back.
ENOUGH: Final = 3.0
#: A vendor that came so lately weighs half.
NEW: Final = dt.timedelta(days=14)
#: Reports of one vendor.
RATE: Final = "20/d"


@transaction.atomic
def report(
    *, vendor: Vendor, user: User, request: BuyerRequest, reason: ReportReason, text: str = ""
) -> RequestReport:
    """Notes a vendor's report and holds the request back once enough independent ones came. Locks the request.

    Raises UnknownRequest where the vendor may not see it, ReportedAlready, TooMany.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    if RequestReport.objects.filter(request=current, vendor=vendor).exists():
        raise ReportedAlready("reported_already")
    limit(f"requests.reports:{vendor.pk}", RATE)
    made = RequestReport.objects.create(
        request=current,
        vendor=vendor,
        reported_by=user,
        reason=reason,
        text=text.strip()[:500],
        reported_at=now,
    )
    weight = weight_of(current, now)
    trace.note(current.pk, Deed.REPORTED, actor=f"vendor:{vendor.pk}", reason=reason.value, weight=weight)
    if weight >= ENOUGH:
        holding.hold(current, HoldCause.REPORTS, [{"rule": "reports", "weight": weight}])
    return made


def weight_of(request: BuyerRequest, now: dt.datetime) -> float:
    """What the reports that nobody has judged weigh together; of vendors that belong together the heaviest counts."""
    vendors = set(
        RequestReport.objects.filter(request=request, verdict="").values_list("vendor_id", flat=True)
    )
    return total_weight(weights_of(vendors, now), kin_of(vendors))


def total_weight(weights: Mapping[int, float], kin: Collection[Collection[int]]) -> float:
    """Pure. `kin` are groups of vendors, each vendor in one."""
    return round(sum(max(weights[vendor] for vendor in group) for group in kin), 3)


def weights_of(vendor_ids: Collection[int], now: dt.datetime) -> dict[int, float]:
    """1 for a vendor whose reports were never rejected; each rejected one counts as two right ones against it."""
    judged = {
        vendor: (right, wrong)
        for vendor, right, wrong in RequestReport.objects.filter(vendor__in=vendor_ids)
        .order_by()
        .values_list("vendor")
        .annotate(
            right=Count("pk", filter=Q(verdict=Verdict.RIGHT)),
            wrong=Count("pk", filter=Q(verdict=Verdict.WRONG)),
        )
    }
    weights = {}
    for vendor, since in Vendor.objects.filter(pk__in=vendor_ids).values_list("pk", "created_at"):
        right, wrong = judged.get(vendor, (0, 0))
        weight = (1 + right) / (1 + right + 2 * wrong)
        weights[vendor] = weight / 2 if now - since < NEW else weight
    return weights
