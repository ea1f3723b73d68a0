"""What offers put on a vendor's score card: whether they are fresh, and what people report of them."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from catalog.flags.models import FlagCase
from catalog.freshness import fresh
from catalog.models import Offer
from vendors.score.measures import Measure


def fresh_offers(_since: dt.datetime) -> dict[int, tuple[float, float]]:
    offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True).order_by()
    every = dict(offers.values_list("vendor").annotate(number=Count("pk")))
    kept = dict(fresh(offers).values_list("vendor").annotate(number=Count("pk")))
    return {vendor: (kept.get(vendor, 0), number) for vendor, number in every.items()}


def reported_offers(since: dt.datetime) -> dict[int, tuple[float, float]]:
    """Offers that people reported, by offers on sale; what operators found groundless counts too: see the inbox."""
    every = dict(
        Offer.objects.filter(withdrawn_at__isnull=True)
        .order_by()
        .values_list("vendor")
        .annotate(number=Count("pk"))
    )
    cases = FlagCase.objects.filter(opened_at__gte=since).order_by()
    found = dict(cases.values_list("vendor").annotate(number=Count("offer", distinct=True)))
    return {vendor: (found.get(vendor, 0), number) for vendor, number in every.items()}


MEASURES = (
    Measure(
        "fresh",
        _("Fresh offers"),
        _("%(part)s of %(whole)s offers were confirmed within their days."),
        fresh_offers,
        fine=0.9,
        poor=0.6,
        days=1,
    ),
    Measure(
        "complaints",
        _("Reported offers"),
        _("%(part)s of %(whole)s offers were reported by people in 90 days."),
        reported_offers,
        fine=0.001,
        poor=0.01,
        least=20,
    ),
)
