"""One visitor of one day and query as fifteen bits, by a secret that is gone the day after: enough to count, not to find.

The bits of one visitor differ from query to query and from day to day, so that nobody reads from the log alone what else a
visitor searched for. Until the secret is thrown away, whoever has both it (from the cache) and the log can: they work out
the bits of an account or a network for each row and compare. Rows of days whose secret is gone can be compared with nothing.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from contextlib import suppress
from typing import Final

from django.core.cache import cache
from django.utils import timezone

#: Numbers that a visitor of a day and query may have. Two visitors share one by chance: they count as one then.
NUMBERS: Final = 1 << 15
#: Days whose secrets are looked for to be thrown away: a row that stood still for a week leaves none.
_LOOKED_BACK: Final = 8

#: The secret of today in this process; brings it back where the cache dropped it.
_kept: dict[dt.date, bytes] = {}


def number_of_visitor(visitor: str, key: int) -> int | None:
    """Of a visitor (`core.visits.visitor_of`) who asks the query of that key today. None where there is no secret that
    all processes share: who could be counted twice is not counted.
    """
    if not visitor or not key:
        return None
    secret = _secret()
    if secret is None:
        return None
    digest = hmac.digest(secret, f"{key}|{visitor}".encode(), "sha256")
    return int.from_bytes(digest[:2], "big") % NUMBERS


def forget_secrets() -> None:
    """Throws away those of past days: a cache of files deletes what is over only when it is asked for it."""
    today = timezone.localdate()
    _forget_here(today)
    cache.delete_many([_name(today - dt.timedelta(days=ago)) for ago in range(1, _LOOKED_BACK)])


def _secret() -> bytes | None:
    """The cache's word counts, whatever this process has: all must have one."""
    today = timezone.localdate()
    secret: bytes | None = cache.get(_name(today))
    if secret is None:
        # A full disk costs the number, not the page.
        with suppress(OSError):
            cache.add(_name(today), _kept.get(today) or secrets.token_bytes(32), _left(today))
        secret = cache.get(_name(today))
    if secret is None:
        return None
    _forget_here(today)
    _kept[today] = secret
    return secret


def _forget_here(today: dt.date) -> None:
    for day in [day for day in _kept if day != today]:
        del _kept[day]


def _left(today: dt.date) -> int:
    """Seconds to midnight."""
    now = timezone.localtime()
    midnight = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), now.tzinfo)
    return max(1, int((midnight - now).total_seconds()))


def _name(day: dt.date) -> str:
    return f"search.visitors:{day.isoformat()}"
