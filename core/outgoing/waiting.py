"""How long a server asks to wait before it is asked again."""

from __future__ import annotations

import datetime as dt
import email.utils

_A_DAY = 86_400


def retry_after(said: str) -> int | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3), at most a day; None where it says nothing."""
    if said.isdigit() and said.isascii():
        return min(int(said[:6]), _A_DAY)
    try:
        moment = email.utils.parsedate_to_datetime(said)
        if moment.tzinfo is None:
            return None
        seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, min(round(seconds), _A_DAY))
