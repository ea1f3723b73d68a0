"""When a delivery is tried again, and when an endpoint is left alone. Pure."""

from __future__ import annotations

import datetime as dt
import random
from typing import Final

#: After the first attempt, the second …: ten attempts within some three days.
PAUSES: Final = tuple(dt.timedelta(minutes=each) for each in (1, 5, 25, 120, 300, 600, 840, 1200, 1200))
#: Whatever happened meanwhile, nothing is tried after this.
GIVE_UP_AFTER: Final = dt.timedelta(hours=76)
#: Without one success for so long, and after so many attempts, an endpoint is switched off.
DISABLE_AFTER: Final = dt.timedelta(days=5)
DISABLE_ATTEMPTS: Final = 10
_SHAKE: Final = 0.05
_FIRST_HOLD: Final = 5.0
_LONGEST_HOLD: Final = 300.0


def next_attempt(
    *, attempts: int, begun_at: dt.datetime, now: dt.datetime, retry_after: int | None = None
) -> dt.datetime | None:
    """When to try again after `attempts` attempts; None: never. The receiver's own wish to wait counts if it is longer.

    Pauses are shaken by a twentieth, so that what failed together does not come back together.
    """
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * random.uniform(1 - _SHAKE, 1 + _SHAKE)  # noqa: S311 - spreads load, no secret
    at = now + max(pause, dt.timedelta(seconds=retry_after or 0))
    return at if at - begun_at <= GIVE_UP_AFTER else None


def hold(failures: int, retry_after: int | None = None) -> dt.timedelta:
    """How long nothing goes to an endpoint that did not answer, or not well: doubling from 5 s to 5 minutes."""
    seconds = min(_FIRST_HOLD * 2.0 ** min(failures - 1, 10), _LONGEST_HOLD)
    return dt.timedelta(seconds=max(seconds, float(retry_after or 0)))


def is_hopeless(*, failing_since: dt.datetime | None, failures: int, attempts: int, now: dt.datetime) -> bool:
    """Whether an endpoint is switched off. A delivery's first two attempts never do it: they may be one bad moment."""
    return (
        failing_since is not None
        and now - failing_since >= DISABLE_AFTER
        and failures >= DISABLE_ATTEMPTS
        and attempts >= 3
    )
