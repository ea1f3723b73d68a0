"""What searching is to the dashboard's figures of days: searches of people, and those that found nothing."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min, Sum
from django.utils.translation import gettext_lazy as _

from core.trends.measures import Figure, Measure, every_day
from core.trends.measures import Sort as Way
from search.models import QueryDay

#: Searches are counted by the hour, and a day once more after it ended.
_SETTLES = 3


def searches(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    return _summed("searches", first, last)


def empty_searches(first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    return _summed("empty", first, last)


def _summed(column: str, first: dt.date, last: dt.date) -> dict[dt.date, Figure]:
    """From the counts by day and query; before the first that are kept nothing is known."""
    known_from = QueryDay.objects.aggregate(first=Min("day"))["first"]
    if known_from is None:
        return {}
    rows = QueryDay.objects.filter(day__gte=first, day__lte=last).order_by().values_list("day")
    sums = dict(rows.annotate(number=Sum(column)))
    return {day: Figure(sums.get(day, 0)) for day in every_day(max(first, known_from), last)}


MEASURES = (
    Measure(
        "searches",
        _("Searches"),
        _("Searches of people, without later pages and changed filters; programs do not count."),
        Way.SUM,
        searches,
        "search.change_rankingweights",
        settles=_SETTLES,
    ),
    Measure(
        "empty",
        _("Searches that found nothing"),
        _("Of them, those without a single result."),
        Way.SUM,
        empty_searches,
        "search.change_rankingweights",
        settles=_SETTLES,
        is_good=False,
    ),
)
