"""Counting the figures of days. Doing it twice changes nothing: what was counted of a day is replaced."""

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
    """All figures of so many days, today included, from what the rooms still hold. Returns how many."""
    now = today()
    first = now - dt.timedelta(days=min(max(days, 1), KEPT_DAYS) - 1)
    written = 0
    for measure in measures():
        number = count_days(measure, first, now)
        report(measure, number)
        written += number
    return written


def count_days(measure: Measure, first: dt.date, last: dt.date) -> int:
    """The figures of one measure; a day of which nothing can be said any more has none."""
    found = measure.read(first, last)
    rows = [
        DayFigure(day=day, measure=measure.key, value=figure.value, cases=figure.cases)
        for day, figure in sorted(found.items())
        if first <= day <= last
    ]
    with transaction.atomic():
        DayFigure.objects.bulk_create(
            rows,
            batch_size=_AT_ONCE,
            update_conflicts=True,
            unique_fields=["measure", "day"],
            update_fields=["value", "cases"],
        )
        stored = DayFigure.objects.filter(measure=measure.key, day__gte=first, day__lte=last)
        gone = {day for day in stored.values_list("day", flat=True) if day not in found}
        if gone:
            stored.filter(day__in=gone).delete()
    return len(rows)
