"""When the next round of a standing request closes."""

from __future__ import annotations

import calendar
import datetime as dt

from django.utils import timezone

from buyer_requests.standing.enums import Period

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3}


def later(day: dt.date, period: str, day_of_month: int = 0) -> dt.date:
    """The day one period on; `day_of_month` is what months too short for it do not shorten for good."""
    if period == Period.WEEK:
        return day + dt.timedelta(days=7)
    month = day.month - 1 + _MONTHS[Period(period)]
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day_of_month or day.day, calendar.monthrange(year, month)[1]))


def next_deadline(deadline: dt.datetime, period: str, day_of_month: int, now: dt.datetime) -> dt.datetime:
    """The first of the following moments that is still to come, at the same hour in the row's time zone."""
    local = timezone.localtime(deadline)
    moment = local
    while moment <= now:
        day = later(moment.date(), period, day_of_month)
        moment = dt.datetime.combine(day, local.timetz().replace(tzinfo=None), tzinfo=local.tzinfo)
    return moment
