"""When a vendor may be told: windows, quiet hours, the day's cap, a pause. Pure: settings and moments in, moments out.

All hours are the vendor's own, on the days when clocks change too. The inbox is outside of it all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from buyer_requests.telling.enums import Cause, HearingRhythm
from buyer_requests.telling.models import Hearing

#: What a vendor needs at least to answer: a request that ends sooner after the window lets itself through.
ANSWER: Final = dt.timedelta(hours=2)
#: When the one collection of a day beyond its cap comes.
EVENING: Final = 18
#: Urgent requests pass the cap, but not for ever: this many times it.
URGENT_TIMES: Final = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """At once (`due_at` None, no cause), with the collection of `due_at`, or in the inbox alone (a cause, no moment)."""

    due_at: dt.datetime | None = None
    cause: Cause | None = None
    is_last: bool = False

    @property
    def is_at_once(self) -> bool:
        return self.cause is None


AT_ONCE: Final = Verdict()


def verdict(
    hearing: Hearing, *, counted: int, deadline: dt.datetime, now: dt.datetime, is_invited: bool = False
) -> Verdict:
    """How a request that ends at `deadline` is told. `counted`: messages that the vendor has had today.

    An invitation waits for no window; quiet hours, the pause and the cap hold for it as well.
    """
    soon = allowed(hearing, now)
    paused = is_paused(hearing, now)
    if soon > now:
        held = Cause.PAUSE if paused else Cause.QUIET
        regular = Verdict(
            soon if is_invited or hearing.rhythm == HearingRhythm.AT_ONCE else next_window(hearing, now), held
        )
    elif counted >= hearing.most_a_day:
        regular = Verdict(day_end(hearing, now), Cause.CAP, is_last=True)
    elif is_invited or hearing.rhythm == HearingRhythm.AT_ONCE:
        return AT_ONCE
    else:
        regular = Verdict(next_window(hearing, now), Cause.WINDOW)
    assert regular.due_at is not None
    if deadline > regular.due_at + ANSWER:
        return regular
    if soon == now:
        return AT_ONCE if counted < hearing.most_a_day * URGENT_TIMES else Verdict(cause=Cause.CAP)
    if soon < deadline:
        return Verdict(soon, regular.cause)
    return AT_ONCE if hearing.urgent_at_night and not paused else Verdict(cause=regular.cause)


def allowed(hearing: Hearing, moment: dt.datetime) -> dt.datetime:
    """The first moment from `moment` on at which a letter or a push may come."""
    if hearing.paused_until is not None and is_paused(hearing, moment):
        moment = _at(hearing, hearing.paused_until, hearing.first_hour)
    return _after_quiet(hearing, moment)


def is_paused(hearing: Hearing, moment: dt.datetime) -> bool:
    return hearing.paused_until is not None and moment.astimezone(hearing.zone).date() < hearing.paused_until


def is_quiet(hearing: Hearing, moment: dt.datetime) -> bool:
    start, end = hearing.quiet_from, hearing.quiet_to
    hour = moment.astimezone(hearing.zone).hour
    return start <= hour < end if start <= end else hour >= start or hour < end


def next_window(hearing: Hearing, moment: dt.datetime) -> dt.datetime:
    """When a collection that is opened at `moment` is sent."""
    if hearing.rhythm == HearingRhythm.EVERY:
        return allowed(hearing, moment + dt.timedelta(minutes=hearing.every_minutes))
    hours = {hearing.first_hour}
    if hearing.rhythm == HearingRhythm.TWICE:
        hours.add(hearing.second_hour)
    elif hearing.rhythm == HearingRhythm.AT_ONCE:
        return allowed(hearing, moment)
    if is_paused(hearing, moment):
        moment = allowed(hearing, moment) - dt.timedelta(seconds=1)
    return allowed(hearing, _next_of(hearing, hours, moment))


def day_end(hearing: Hearing, moment: dt.datetime) -> dt.datetime:
    """When the collection of the day is sent that holds what came beyond the cap; late in the day: with the next one."""
    local = moment.astimezone(hearing.zone)
    if local.hour < EVENING:
        evening = allowed(hearing, _at(hearing, local.date(), EVENING))
        if evening.astimezone(hearing.zone).date() == local.date():
            return evening
    return allowed(hearing, _at(hearing, local.date() + dt.timedelta(days=1), hearing.first_hour))


def _after_quiet(hearing: Hearing, moment: dt.datetime) -> dt.datetime:
    if not is_quiet(hearing, moment):
        return moment
    local = moment.astimezone(hearing.zone)
    day = local.date() + dt.timedelta(days=1 if local.hour >= hearing.quiet_to else 0)
    return _at(hearing, day, hearing.quiet_to)


def _next_of(hearing: Hearing, hours: set[int], moment: dt.datetime) -> dt.datetime:
    day = moment.astimezone(hearing.zone).date()
    moments = (_at(hearing, day + dt.timedelta(days=ahead), hour) for ahead in (0, 1) for hour in hours)
    return min(each for each in moments if each > moment)


def _at(hearing: Hearing, day: dt.date, hour: int) -> dt.datetime:
    """That hour of that day; in the night when it does not exist, the first moment after the gap."""
    local = dt.datetime.combine(day, dt.time(hour), tzinfo=hearing.zone)
    return local.astimezone(dt.UTC)
