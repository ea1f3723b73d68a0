"""What a good cost, day by day: from changes of its offers' prices to the lowest price of each day. No database here."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import itemgetter

#: (offer, price in 1/10,000, its currency, since when).
Change = tuple[int, int, str, dt.datetime]


def daily_lows(
    changes: Iterable[Change],
    *,
    ends: Mapping[int, dt.datetime | None],
    to_base: Callable[[int, int, str], int | None],
    first: dt.date,
    last: dt.date,
    zone: dt.tzinfo,
) -> list[int | None]:
    """The lowest price of each day from `first` to `last`, both included; None where nobody had a price.

    `changes` come by offer and then by time. An offer has its last price until its end (`ends`; None: it is on sale
    still), and on a day of several prices the lowest of them counts. `to_base` is given offer, price and currency, and
    answers None where they cannot be compared.
    """
    days = (last - first).days + 1
    if days < 1:
        return []
    # Midnights as the people of the place have them: a day of changed clocks is no 24 hours.
    midnights = [
        dt.datetime.combine(first + dt.timedelta(days=n), dt.time.min, zone).timestamp()
        for n in range(days + 1)
    ]
    lows: list[int | None] = [None] * days
    for offer, own in groupby(changes, key=itemgetter(0)):
        since: float | None = None
        price: int | None = None
        for _offer, amount, currency, at in own:
            moment = at.timestamp()
            if since is not None and price is not None:
                _lower(lows, midnights, since, moment, price)
            since, price = moment, to_base(offer, amount, currency)
        end = ends.get(offer)
        if since is not None and price is not None:
            _lower(lows, midnights, since, end.timestamp() if end else midnights[-1], price)
    return lows


def _lower(lows: list[int | None], midnights: list[float], since: float, until: float, price: int) -> None:
    """Writes the price into the days that the moments from `since` to before `until` touch."""
    if until <= since or until <= midnights[0] or since >= midnights[-1]:
        return
    begin = max(0, bisect_right(midnights, since) - 1)
    end = min(len(lows) - 1, bisect_right(midnights, until) - 1)
    if end > begin and until == midnights[end]:
        end -= 1
    for day in range(begin, end + 1):
        low = lows[day]
        if low is None or price < low:
            lows[day] = price
