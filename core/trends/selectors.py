"""Reads of the figures of days: rows of a span with the span before it, for charts, tables and files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.models import DayFigure
from core.trends.measures import Figure, Measure, Sort, every_day


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over some days and as many before. `days` and `before` have a value for each day, None where none is
    known; `now` and `then` are those of the spans as a whole.
    """

    measure: Measure
    days: list[float | None]
    before: list[float | None]
    now: float | None
    then: float | None

    @property
    def change(self) -> float | None:
        """In per cent of before; None where there is nothing to compare with."""
        if self.now is None or not self.then:
            return None
        return 100 * (self.now - self.then) / self.then

    @property
    def is_better(self) -> bool | None:
        """None where it is neither, or not known."""
        if self.measure.is_good is None or not self.change:
            return None
        return (self.change > 0) == self.measure.is_good


def trends(measures: Collection[Measure], first: dt.date, last: dt.date) -> list[Trend]:
    """In one statement, whatever the number of measures."""
    length = (last - first).days + 1
    start = first - dt.timedelta(days=length)
    rows = DayFigure.objects.filter(
        measure__in=[measure.key for measure in measures], day__gte=start, day__lte=last
    ).values_list("measure", "day", "value", "cases")
    known: dict[str, dict[dt.date, Figure]] = defaultdict(dict)
    for key, day, value, cases in rows:
        known[key][day] = Figure(value, cases)
    found = []
    for measure in measures:
        figures = known[measure.key]
        days = [figures.get(day) for day in every_day(first, last)]
        before = [figures.get(day) for day in every_day(start, first - dt.timedelta(days=1))]
        found.append(
            Trend(
                measure,
                [None if each is None else each.value for each in days],
                [None if each is None else each.value for each in before],
                whole(measure.sort, days),
                whole(measure.sort, before),
            )
        )
    return found


def whole(sort: Sort, days: Sequence[Figure | None]) -> float | None:
    """Of several days as one figure; None where no day has one."""
    known = [each for each in days if each is not None]
    if not known:
        return None
    match sort:
        case Sort.SUM:
            return sum(each.value for each in known)
        case Sort.STOCK:
            return known[-1].value
        case Sort.MEDIAN:
            return _median(known)


def _median(figures: Sequence[Figure]) -> float | None:
    """The value at which half of all cases is reached."""
    ordered = sorted((each for each in figures if each.cases), key=lambda each: each.value)
    half, reached = sum(each.cases for each in ordered) / 2, 0
    for each in ordered:
        reached += each.cases
        if reached >= half:
            return each.value
    return None
