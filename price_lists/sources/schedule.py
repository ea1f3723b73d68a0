"""When a link is asked next: at its interval while all is well, ever later while it fails. Pure."""

from __future__ import annotations

import datetime as dt
import random
from typing import Final

_FIRST: Final = dt.timedelta(minutes=5)
#: A failing link is asked at least so often, or at its own interval if that is longer.
_LONGEST: Final = dt.timedelta(hours=12)
_MOST_DOUBLINGS: Final = 12


def after_success(*, now: dt.datetime, every: int) -> dt.datetime:
    """`every` minutes later, give or take 3 %, so that links entered together drift apart."""
    return now + dt.timedelta(minutes=every) * _shaken(0.03)


def after_failure(
    *, now: dt.datetime, every: int, failures: int, retry_after: int | None = None
) -> dt.datetime:
    """5 minutes after the first failure, twice as long after each further one; never sooner than the server asks.

    An interval longer than the pause does not hold the first tries back: a list that is fetched once a day should not
    lose a day to a hiccup.
    """
    doublings: int = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
    doubled = _FIRST * (1 << doublings)
    pause = min(doubled, max(_LONGEST, dt.timedelta(minutes=every))) * _shaken(0.2)
    if retry_after is not None:
        pause = max(pause, dt.timedelta(seconds=retry_after))
    return now + pause


def _shaken(share: float) -> float:
    return random.uniform(1 - share, 1 + share)  # noqa: S311 - only spreads load
