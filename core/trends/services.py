"""Counting the figures of days. Days that may still change are counted anew; older ones stay as they were counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from core.models import DayFigure
from core.trends.measures import Measure, measures

#: Days that are kept and that a backfill reaches back at most: a year and the year before it.
KEPT_DAYS: Final = 800
_AT_ONCE: Final = 500


def today() -> dt.date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def count_lately() -> int:
    """The days whose figures may still change, today as far as it is; days that were missed since the last run, too.
    Returns how many figures were written.
    """
    now = today()
    written = 0
    for measure in measures():
        counted = (
            DayFigure.objects.filter(measure=measure.key, day__lt=now)
            .order_by("-day")
            .values_list("day", flat=True)
            .first()
        )
        first = now - dt.timedelta(days=measure.settles - 1)
        if counted is not None:
            first = max(min(first, counted), now - dt.timedelta(days=KEPT_DAYS))
        written += count_days(measure, first, now)
    DayFigure.objects.filter(day__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()
    return written


def backfill(*, days: int, report: Callable[[Measure, int], None] = lambda _measure, _written: None) -> int:
    """The figures that are missing of so many days, today included, from what the rooms still hold. What was counted
    when its day ended is better than what can be told of it now, and stays. Returns how many were added.
    """
    now = today()
    first = now - dt.timedelta(days=min(max(days, 1), KEPT_DAYS) - 1)
    written = 0
    for measure in measures():
        number = fill_days(measure, first, now)
        report(measure, number)
        written += number
    return written


def count_days(measure: Measure, first: dt.date, last: dt.date) -> int:
    """The figures of one measure, counted anew. Of the last days that may still change, one of which nothing can be said
    has none; an older figure is never dropped: what it was counted from may be gone.
    """
    rows = _figures(measure, first, last)
    with transaction.atomic():
        DayFigure.objects.bulk_create(
            rows,
            batch_size=_AT_ONCE,
            update_conflicts=True,
            unique_fields=["measure", "day"],
            update_fields=["value", "cases"],
        )
        unsettled = max(first, last - dt.timedelta(days=measure.settles - 1))
        stored = DayFigure.objects.filter(measure=measure.key, day__gte=unsettled, day__lte=last)
        stored.exclude(day__in=[row.day for row in rows if row.day >= unsettled]).delete()
    return len(rows)


def fill_days(measure: Measure, first: dt.date, last: dt.date) -> int:
    """The figures of days that have none; no other is touched."""
    there = DayFigure.objects.filter(measure=measure.key, day__gte=first, day__lte=last)
    known = set(there.values_list("day", flat=True))
    rows = [row for row in _figures(measure, first, last) if row.day not in known]
    # The hourly task may have written one of them meanwhile.
    DayFigure.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)
    return len(rows)


def _figures(measure: Measure, first: dt.date, last: dt.date) -> list[DayFigure]:
    return [
        DayFigure(day=day, measure=measure.key, value=figure.value, cases=figure.cases)
        for day, figure in sorted(measure.read(first, last).items())
        if first <= day <= last
    ]
