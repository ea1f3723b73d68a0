"""What the catalog is to the dashboard's figures of days: offers on sale."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer
from core.trends.measures import Figure, Measure, Sort, bounds, every_day


def offers(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    """How many were on sale at the end of each day. Of an offer that was withdrawn and came back only the last time is
    known, so days long past are told a little too high; each day is counted when it ends, too, and stays so.
    """
    start, end = bounds(first, last)
    came = Offer.objects.filter(created_at__lt=end)
    went = came.filter(Q(withdrawn_at__lt=end) | Q(hidden_at__lt=end)).annotate(gone_at=_gone_at())
    at_start = came.filter(created_at__lt=start).count() - went.filter(gone_at__lt=start).count()
    coming = _by_day(came.filter(created_at__gte=start), "created_at")
    going = _by_day(went.filter(gone_at__gte=start), "gone_at")
    found, number = {}, at_start
    for day in every_day(first, last):
        number += coming.get(day, 0) - going.get(day, 0)
        found[day] = Figure(number)
    return found


def _gone_at() -> Coalesce:
    """The earlier of the two; on SQLite the least of something and nothing is nothing."""
    return Coalesce(
        Least("withdrawn_at", "hidden_at"), "withdrawn_at", "hidden_at", output_field=DateTimeField()
    )


def _by_day(rows: QuerySet[Offer], column: str) -> dict[dt.date, int]:
    zone = timezone.get_default_timezone()
    counted = rows.annotate(day=TruncDate(column, tzinfo=zone)).order_by().values_list("day")
    return dict(counted.annotate(number=Count("pk")))


MEASURES = (
    Measure(
        "offers",
        _("Offers on sale"),
        _("When the day ended; today as many as there are now."),
        Sort.STOCK,
        offers,
        "catalog.view_category",
        settles=1,
    ),
)
