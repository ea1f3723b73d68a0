"""Requests that nobody answered, by category: only where enough different buyers stand behind it, in rounded numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from buyer_requests.enums import Audience, BidState, RequestState
from buyer_requests.models import Bid, RequestLine
from buyer_requests.trust.models import HOLDING
from catalog.models import Category
from catalog.selectors import categories_below

LOOKED_BACK: Final = dt.timedelta(days=60)
#: A request is left unanswered only once vendors had some time for it.
_PATIENCE: Final = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """`lines` is at least so many."""

    category: Category
    lines: int


def unanswered_by_category(*, fewest: int, of_categories: set[int] | None = None) -> list[Unanswered]:
    """Categories of lines of public requests without a bid, by at least `fewest` buyers; most lines first. Of some
    categories and what is below them, or of all.
    """
    now = timezone.now()
    bids = Bid.objects.filter(request=OuterRef("request"), state=BidState.SENT)
    lines = RequestLine.objects.filter(
        ~Exists(bids),
        category__isnull=False,
        request__audience=Audience.ALL,
        request__state__in=[RequestState.OPEN, RequestState.CLOSED],
        request__published_at__gte=now - LOOKED_BACK,
        request__published_at__lt=now - _PATIENCE,
    ).exclude(request__hold__state__in=HOLDING)
    if of_categories is not None:
        lines = lines.filter(category__in=categories_below(of_categories))
    rows = (
        lines.order_by()
        .values("category")
        .annotate(buyers=Count("request__buyer", distinct=True), number=Count("pk"))
        .filter(buyers__gte=fewest)
        .order_by("-number", "category")
    )
    found = list(rows)
    categories = Category.objects.in_bulk([row["category"] for row in found])
    return [
        Unanswered(categories[row["category"]], row["number"] // fewest * fewest)
        for row in found
        if row["category"] in categories
    ]
