"""What is measured day by day: each room names its own measures, and the site registers them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise


class Sort(enum.StrEnum):
    """How the figures of several days become one."""

    SUM = "sum"  # things that happened
    STOCK = "stock"  # how many there were when the day ended: the last day's counts
    MEDIAN = "median"  # the median of the days' medians, each as heavy as its cases


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one day. `cases`: of how many things a median is."""

    value: float
    cases: int = 1


Days = Mapping[dt.date, Figure]


@dataclass(frozen=True, slots=True)
class Measure:
    """`read(first, last)` gives the figures of days, both ends included; a day of which nothing can be said is left out.

    `settles`: so many days back a figure may still change, and is counted anew. `permission` is the right without which
    nobody sees it. `is_good`: whether more of it is good news; None where neither is.
    """

    key: str
    label: str | Promise
    about: str | Promise
    sort: Sort
    read: Callable[[dt.date, dt.date], Days]
    permission: str
    settles: int = 2
    is_good: bool | None = True
    decimals: int = 0


_measures: dict[str, Measure] = {}


def register(measure: Measure) -> None:
    """By its key, so that doing it twice is once. Pages show them in this order."""
    _measures[measure.key] = measure


def measures() -> tuple[Measure, ...]:
    return tuple(_measures.values())


def bounds(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """When these days of the row's own clock begin, and when the day after them does."""
    zone = timezone.get_default_timezone()
    start, end = (dt.datetime.combine(day, dt.time(), zone) for day in (first, last + dt.timedelta(days=1)))
    return start, end


def every_day(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
